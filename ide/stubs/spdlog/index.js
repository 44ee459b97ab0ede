// The part of @vscode/spdlog that VS Code calls, without native code. VS Code brings its own log levels and
// messages; what is left to do is one line per message, and another file when one is full.
'use strict';

const fs = require('fs');
const path = require('path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class RotatingLog {
  constructor(file, maxSize, maxFiles) {
    Object.assign(this, { file, maxSize, maxFiles, level: levels.indexOf('info'), bare: false });
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.open();
  }

  open() {
    this.descriptor = fs.openSync(this.file, 'a');
    this.size = fs.fstatSync(this.descriptor).size;
  }

  // remote.log, remote.1.log, remote.2.log: the newest first, the oldest falls off the end.
  rotate() {
    const { dir, name, ext } = path.parse(this.file);
    const nth = n => (n === 0 ? this.file : path.join(dir, `${name}.${n}${ext}`));
    fs.closeSync(this.descriptor);
    for (let n = this.maxFiles - 1; n > 0; n--) {
      if (fs.existsSync(nth(n - 1))) {
        fs.renameSync(nth(n - 1), nth(n));
      }
    }

    if (this.maxFiles === 1) {
      fs.truncateSync(this.file);
    }

    this.open();
  }

  write(level, message) {
    if (level < this.level || this.descriptor === undefined) {
      return;
    }

    const line = Buffer.from(this.bare ? message : `${now()} [${levels[level]}] ${message}\n`);
    try {
      if (this.size + line.length > this.maxSize) {
        this.rotate();
      }

      fs.writeSync(this.descriptor, line);
      this.size += line.length;
    } catch {
      // A disk that is full or gone must not end the server, and there is nowhere left to say so.
    }
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.bare = false; // VS Code knows one pattern only: the one written here.
  }

  clearFormatters() {
    this.bare = true;
  }

  flush() {
    // Every line is with the system as soon as it is written.
  }

  drop() {
    if (this.descriptor !== undefined) {
      fs.closeSync(this.descriptor);
      this.descriptor = undefined;
    }
  }
}

['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((method, level) => {
  RotatingLog.prototype[method] = function (message) {
    this.write(level, message);
  };
});

// 2026-01-31 09:05:07.042, local time.
function now() {
  const time = new Date();
  return new Date(time - time.getTimezoneOffset() * 60_000).toISOString().replace('T', ' ').slice(0, -1);
}

// Imported by name from an ES module, so each export is an assignment that Node.js can find without running this file.
exports.setFlushOn = () => {};
exports.createAsyncRotatingLogger = async (_name, file, maxSize, maxFiles) => new RotatingLog(file, maxSize, maxFiles);
