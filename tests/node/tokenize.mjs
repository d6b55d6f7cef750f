// Reads one JSON request per line, { "directory": path, "texts": [text] }, and answers
// [{ "ids": [...], "text": decoded, "plain": decoded without special tokens }] per line.
import fs from 'node:fs';
import readline from 'node:readline';
import { AutoTokenizer, env } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;

const tokenizers = new Map();
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { directory, texts } = JSON.parse(line);
  if (!tokenizers.has(directory)) {
    env.localModelPath = fs.realpathSync(`${directory}/..`);
    tokenizers.set(directory, await AutoTokenizer.from_pretrained(directory.split('/').at(-1)));
  }
  const tokenizer = tokenizers.get(directory);
  const decode = (ids, skip) => ids.length === 0
    ? ''
    : tokenizer.decode(ids, { skip_special_tokens: skip, clean_up_tokenization_spaces: false });
  process.stdout.write(JSON.stringify(texts.map((text) => {
    const ids = tokenizer.encode(text, { add_special_tokens: false });
    return { ids, text: decode(ids, false), plain: decode(ids, true) };
  })) + '\n');
}
