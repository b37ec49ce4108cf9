// A server on loopback that answers whatever it is asked, and keeps what that was.
'use strict';

const http = require('http');
const fixed = require('./fixed');

// What depends on the machine or says only which program asks. None of it is signed, or the check below speaks.
const dropped = ['accept-encoding', 'connection', 'transfer-encoding', 'user-agent', 'x-tc-requestclient'];

class Recorder {
  async start() {
    this.server = http.createServer((request, response) => this.answer(request, response));
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  answer(request, response) {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      this.requests.push({ request, body: Buffer.concat(parts).toString(), hashed: [...fixed.hashed()] });
      const { type = 'application/json', body = '{}' } = this.reply;
      // The date is ours: some SDKs set their clock by it.
      response.writeHead(200, { 'Content-Type': type, Connection: 'close', Date: new Date(fixed.now).toUTCString() });
      response.end(body);
    });
  }

  // Runs one call of an SDK and tells the first request that it sent. What the SDK makes of the reply is its own affair.
  async record(call, reply = {}) {
    this.requests = [];
    this.reply = reply;
    fixed.begin(this.port);
    let trouble = new Error('nothing was sent');
    try {
      await call();
    } catch (error) {
      trouble = error;
    }
    if (this.requests.length === 0) throw trouble;
    return describe(this.requests[0]);
  }
}

function describe({ request, body, hashed }) {
  const headers = {};
  const raw = request.rawHeaders.map((text) => Buffer.from(text, 'latin1').toString());
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toLowerCase();
    if (name in headers) throw new Error(`sent twice: ${name}`);
    headers[name] = raw[i + 1];
  }
  const names = (JSON.stringify(headers).match(/SignedHeaders=([a-z0-9;-]+)/) || ['', ''])[1].split(';');
  const lost = names.filter((name) => dropped.includes(name));
  if (lost.length > 0) throw new Error(`signed and not recorded: ${lost}`);

  const out = {
    method: request.method,
    target: request.url,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.includes(name)).sort()),
    body,
  };
  // The last of each: what came before it are keys, bodies and parts.
  const canonical = hashed.filter((one) => one.kind === 'digest' && one.text.startsWith(`${request.method}\n`)).pop();
  const signed = hashed.filter((one) => one.kind === 'hmac').pop();
  if (canonical) out.canonical = canonical.text;
  if (signed) out.signed = signed.text;
  return out;
}

module.exports = { Recorder };
