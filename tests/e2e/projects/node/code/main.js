const { Iconv } = require('iconv');
const debug = require('debug');
const semver = require('semver');
const color = require('supports-color');
const words = require('words');

const latin = new Iconv('UTF-8', 'ISO-8859-1').convert('\u00e9').toString('hex');

console.log(latin, semver.inc('1.2.3', 'minor'), words.long(process.argv[2] || '2d'), color.stdout, debug.enabled('x'));
