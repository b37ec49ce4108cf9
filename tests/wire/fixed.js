// Loaded before anything else (node --require): time stands still, chance repeats itself, every connection ends at the
// recorder, and what is hashed is kept. The SDKs themselves are not touched.
'use strict';

const crypto = require('crypto');
const net = require('net');
const os = require('os');
const tls = require('tls');

// Not a whole second, so that who rounds shows.
const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now] : parts));
  }

  static now() {
    return now;
  }
};

// A sequence, for some draw until they like what they got.
let drawn = 0;
Math.random = () => {
  drawn = (drawn * 69069 + 12345) % 2 ** 32;
  return drawn / 2 ** 32;
};
const fill = (bytes) => {
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).fill(0x11);
  return bytes;
};
crypto.randomBytes = (size, done) => (done ? done(null, fill(Buffer.alloc(size))) : fill(Buffer.alloc(size)));
crypto.randomFillSync = fill;
for (const one of [crypto, Object.getPrototypeOf(crypto.webcrypto)]) {
  if (one !== crypto) Object.defineProperty(one, 'getRandomValues', { value: fill });
  Object.defineProperty(one, 'randomUUID', { value: () => '11111111-1111-4111-9111-111111111111' });
}

// Some make nonces of where they run.
os.hostname = () => 'host';
Object.defineProperty(process, 'pid', { value: 1 });

// Wherever an SDK connects to, name and port: the recorder is what it meets, without TLS.
let recorder_port = 0;
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const parts = Array.isArray(given[0]) ? given[0] : given;
  const done = parts.find((part) => typeof part === 'function');
  return connect.call(this, { host: '127.0.0.1', port: recorder_port }, done);
};
tls.connect = (...given) => {
  const socket = net.connect({ host: '127.0.0.1', port: recorder_port });
  const done = given.find((part) => typeof part === 'function');
  socket.once('connect', () => socket.emit('secureConnect'));
  if (done) socket.once('secureConnect', done);
  return socket;
};

// The texts that went into digests and message codes, in their order: the canonical form is among them.
let hashed = [];
for (const [name, kind] of [['createHash', 'digest'], ['createHmac', 'hmac']]) {
  const create = crypto[name];
  crypto[name] = (...given) => {
    const made = create(...given);
    const entry = { kind, text: '' };
    hashed.push(entry);
    const update = made.update;
    made.update = function (data, ...rest) {
      entry.text += typeof data === 'string' ? data : Buffer.from(data).toString();
      return update.call(this, data, ...rest);
    };
    return made;
  };
}

module.exports = {
  begin: (port) => {
    recorder_port = port;
    drawn = 0;
    hashed = [];
  },
  hashed: () => hashed,
  keep: (kind, text) => hashed.push({ kind, text }),  // for SDKs that bring their own digests
  now,
};
