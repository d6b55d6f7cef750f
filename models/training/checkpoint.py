"""Writes a checkpoint folder in the published FastVLM layout (config, tokenizer, preprocessing, weights)."""
import json
import os

import data
import language
import model
import tokenizer as bpe

MAX_NEW_TOKENS = 48


def make_config(vocabulary_size, end_id, width):
    return {"architectures": ["LlavaQwen2ForCausalLM"], "model_type": "llava_qwen2",
            "mm_vision_tower": f"mobileclip_l_{data.RESOLUTION}", "mm_hidden_size": width << 5,
            "mm_projector_type": "mlp2x_gelu", "image_aspect_ratio": "pad", "image_grid_pinpoints": None,
            "mm_patch_merge_type": "flat", "mm_use_im_start_end": False, "mm_use_im_patch_token": False,
            "hidden_act": "silu", "bos_token_id": None, "eos_token_id": end_id, "max_position_embeddings": 2048,
            "torch_dtype": "bfloat16", "use_sliding_window": False, "hidden_size": 192, "num_hidden_layers": 4,
            "num_attention_heads": 6, "num_key_value_heads": 2, "intermediate_size": 384,
            "vocab_size": vocabulary_size, "rope_theta": 1000000.0, "rms_norm_eps": 1e-6, "tie_word_embeddings": True}


def prepare(width):
    """(tokenizer.json content, Tokenizer, config) of this recipe; deterministic."""
    content = bpe.build(language.corpus())
    tokens = bpe.Tokenizer(content)
    return content, tokens, make_config(tokens.size, tokens.added["<|im_end|>"], width)


def write(folder, content, tokens, config, tensors):
    os.makedirs(folder, exist_ok=True)
    size = {"height": data.RESOLUTION, "width": data.RESOLUTION}
    preprocessor = {"image_processor_type": "CLIPImageProcessor", "do_convert_rgb": True, "do_resize": True,
                    "size": {"shortest_edge": data.RESOLUTION}, "resample": 3, "do_center_crop": True, "crop_size": size,
                    "do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
                    "image_mean": [0.0, 0.0, 0.0], "image_std": [1.0, 1.0, 1.0]}
    decoder = {str(i): {"content": text, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                        "special": True} for text, i in tokens.added.items()}
    end, pad = "<|im_end|>", "<|endoftext|>"
    tokenizer_config = {"tokenizer_class": "Qwen2Tokenizer", "add_prefix_space": False, "added_tokens_decoder": decoder,
                        "additional_special_tokens": ["<|im_start|>", "<|im_end|>"], "bos_token": None,
                        "eos_token": end, "pad_token": pad, "unk_token": None, "errors": "replace", "split_special_tokens": False,
                        "clean_up_tokenization_spaces": False, "model_max_length": 2048, "chat_template": bpe.CHAT_TEMPLATE}
    generation = {"do_sample": False, "max_new_tokens": MAX_NEW_TOKENS, "eos_token_id": config["eos_token_id"],
                  "pad_token_id": tokens.added[pad]}
    for name, value in (("config", config), ("tokenizer", content), ("preprocessor_config", preprocessor),
                        ("tokenizer_config", tokenizer_config), ("generation_config", generation)):
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as out:
            json.dump(value, out, indent=2, ensure_ascii=False)
            out.write("\n")
    model.write_safetensors(os.path.join(folder, "model.safetensors"), tensors)
