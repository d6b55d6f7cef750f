// Trains the small byte-level BPE tokenizer of the tests, in the form of Qwen2's tokenizer.json.
//   node train-tokenizer.mjs OUT.json MERGES FIRST_ADDED_ID CORPUS...
// The result is committed; run this only to make another one.
import fs from 'node:fs';

const [out, mergeCount, firstAddedId, ...corpora] = process.argv.slice(2);
const pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|"
  + "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const words = new RegExp(pattern.replace('(?i:', '(?:'), 'gu');

// GPT-2's table of printable characters for bytes.
const spelling = [];
for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  spelling.push(String.fromCodePoint(printable ? byte : next++));
}

const counts = new Map();
for (const file of corpora) {
  for (const [word] of fs.readFileSync(file, 'utf8').normalize('NFC').matchAll(words)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}
const pieces = [...counts].map(([word, count]) => ({
  count,
  symbols: [...Buffer.from(word, 'utf8')].map((byte) => spelling[byte]),
}));

// Ids in the order of Qwen2's vocabulary: printable bytes first, then the others, then one entry per merge.
const vocab = new Map();
[...spelling].sort((a, b) => a.codePointAt(0) - b.codePointAt(0)).forEach((symbol) => vocab.set(symbol, vocab.size));
const merges = [];
while (merges.length < Number(mergeCount)) {
  const pairs = new Map();
  for (const { symbols, count } of pieces) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = `${symbols[i]} ${symbols[i + 1]}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + count);
    }
  }
  let best;
  for (const entry of pairs) {
    if (!best || entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0])) best = entry;
  }
  if (!best || best[1] < 2) break;
  const [left, right] = best[0].split(' ');
  merges.push([left, right]);
  if (!vocab.has(left + right)) vocab.set(left + right, vocab.size);
  for (const piece of pieces) {
    const merged = [];
    for (let i = 0; i < piece.symbols.length; i++) {
      if (piece.symbols[i] === left && piece.symbols[i + 1] === right) {
        merged.push(left + right);
        i++;
      } else {
        merged.push(piece.symbols[i]);
      }
    }
    piece.symbols = merged;
  }
}

const added = ['<|endoftext|>', '<|im_start|>', '<image>', '<|im_end|>'];
const first = Number(firstAddedId) || vocab.size;
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: added.map((content, i) => ({
    id: first + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true,
  })),
  normalizer: { type: 'NFC' },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
    ],
  },
  post_processor: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
  decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
  model: {
    type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '',
    fuse_unk: false, byte_fallback: false, ignore_merges: false,
    vocab: Object.fromEntries(vocab), merges,
  },
};
fs.writeFileSync(out, JSON.stringify(tokenizer) + '\n');
console.log(`${vocab.size} entries, ${merges.length} merges, ${fs.statSync(out).size} bytes`);
