// Runs a model directory in transformers.js, greedily. Reads one JSON request per line,
// { "directory", "widthPx", "heightPx", "pixels": base64 RGB, "prompt": text with one <image>, "maxNewTokens" },
// and answers { "pixelSum", "imageTokens", "promptTokens", "ids", "text" } per line.
import fs from 'node:fs';
import readline from 'node:readline';
import { AutoImageProcessor, AutoTokenizer, LlavaQwen2ForCausalLM, RawImage, env } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;

const loaded = new Map();
async function load(directory) {
  if (loaded.has(directory)) return loaded.get(directory);
  env.localModelPath = fs.realpathSync(`${directory}/..`);
  const name = directory.split('/').at(-1);
  const model = {
    processor: await AutoImageProcessor.from_pretrained(name),
    tokenizer: await AutoTokenizer.from_pretrained(name),
    network: await LlavaQwen2ForCausalLM.from_pretrained(name, { dtype: 'fp32', device: 'cpu' }),
  };
  loaded.set(directory, model);
  return model;
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const { processor, tokenizer, network } = await load(request.directory);
  const pixels = new Uint8ClampedArray(Buffer.from(request.pixels, 'base64'));
  const { pixel_values } = await processor(new RawImage(pixels, request.widthPx, request.heightPx, 3));

  // One placeholder per row that the encoder gives, as LlavaProcessor does.
  const imageTokens = Math.floor(pixel_values.dims[2] / 64) * Math.floor(pixel_values.dims[3] / 64);
  const text = request.prompt.replace('<image>', '<image>'.repeat(imageTokens));
  const { input_ids, attention_mask } = await tokenizer(text, { add_special_tokens: false });
  const output = await network.generate({
    input_ids, attention_mask, pixel_values, max_new_tokens: request.maxNewTokens, do_sample: false,
  });
  const ids = output.tolist()[0].slice(input_ids.dims[1]).map(Number);
  process.stdout.write(JSON.stringify({
    pixelSum: pixel_values.data.reduce((sum, value) => sum + value, 0),
    imageTokens,
    promptTokens: input_ids.dims[1],
    ids,
    text: tokenizer.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
  }) + '\n');
}
