const ms = require('ms');

exports.long = (text) => ms(ms(text), { long: true });
