// UPYUN: the client of its storage. Certificates are for a token or a session and are not signed.
'use strict';

const upyun = require('upyun');
const awkward = require('../awkward');

const inputs = { id: 'operator', secret: 'SKEXAMPLE' };

const client = (more) => new upyun.Client(new upyun.Service('bucket', inputs.id, inputs.secret), more);

module.exports = {
  sdks: ['upyun'],
  inputs,
  cases: {
    list: () => client().listDir('/'),
    usage: () => client().usage(),
    put: () => client().putFile('/a.txt', 'a text'),
    'put with an MD5': () => client().putFile('/a.txt', 'a text', { 'Content-MD5': 'c0c4f6f2ba1b1a5fdb9dfae2f6ff4f93' }),
    'long body': () => client().putFile('/a.txt', awkward.long),
    delete: () => client().deleteFile('/a.txt'),
    'awkward path': () => client().getFile(`/${awkward.chinese}/a+b~c(d)e*`),
    'IPv6 host': () => client({ domain: awkward.ipv6 }).listDir('/'),
  },
};
