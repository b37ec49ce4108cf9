// Input that encoders differ about; each SDK is given all of it that its own interface can carry.
'use strict';

module.exports = {
  // Characters that one encoder leaves and another does not.
  text: "a b+c%20d*e~f/g:h=i&j,k;l!m'n(o)p@q$r[s]t{u}v|w\\x^y`z\"<>?#-_.",
  chinese: '证书 上传',
  emoji: '\u{1f510}',
  long: 'long body, '.repeat(800),
  ipv6: '[2001:db8::1]',
};
