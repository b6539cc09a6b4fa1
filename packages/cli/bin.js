#!/usr/bin/env node
// Here and not in dist, so that npm can link the command before anything is built.
import './dist/bin.js';
