"""Tiny models that answer questions, with random weights, saved in the hub's layout.

Their tokenizers are built here: letters, and the words that answers are looked up by.
"""

from pathlib import Path
from typing import Any

ANSWERS = ["yes", "no", "red", "blue", "one", "two", "three", "four", "five", "six"]
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""The shape of Qwen's own template."""
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"]
SPECIAL += ["<|image_pad|>", "<|video_pad|>"]


def bert_tokenizer() -> Any:
    from transformers import BertTokenizer

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]"]
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    pieces += letters + [f"##{letter}" for letter in letters] + ANSWERS
    vocab = {piece: number for number, piece in enumerate(pieces)}
    return BertTokenizer(vocab=vocab, model_max_length=192)


def qwen_tokenizer() -> Any:
    """Byte pairs in which every answer, capitalised or not, is one token."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    vocab = {letter: number for number, letter in enumerate(sorted(ByteLevel.alphabet()))}
    merges = []
    for word in [*ANSWERS, *(answer.capitalize() for answer in ANSWERS)]:
        for end in range(2, len(word) + 1):
            if word[:end] not in vocab:
                vocab[word[:end]] = len(vocab)
                merges.append((word[: end - 1], word[end - 1]))
    return Qwen2Tokenizer(
        vocab=vocab,
        merges=merges,
        additional_special_tokens=SPECIAL[1:],
        eos_token="<|im_end|>",
    )


def blip(
    folder: Path, tower: dict[str, int] | None = None, *, side: int = 32, patch: int = 8
) -> Path:
    """BLIP for question answering, as Salesforce/blip-vqa-base is saved."""
    import torch
    from transformers import BlipConfig, BlipForQuestionAnswering, BlipImageProcessor, BlipProcessor

    torch.manual_seed(0)
    tokenizer = bert_tokenizer()
    tower = tower or {
        **{"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1},
        "num_attention_heads": 2,
    }
    token = tokenizer.convert_tokens_to_ids
    text = {
        **tower,
        "encoder_hidden_size": tower["hidden_size"],
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 192,
        "bos_token_id": token("[DEC]"),
        "eos_token_id": token("[SEP]"),
        "sep_token_id": token("[SEP]"),
        "pad_token_id": token("[PAD]"),
        "initializer_range": 0.5,
    }
    vision = {**tower, "image_size": side, "patch_size": patch, "initializer_range": 0.5}
    config = BlipConfig(text_config=text, vision_config=vision, projection_dim=16)
    BlipForQuestionAnswering(config).save_pretrained(folder)
    images = BlipImageProcessor(size={"height": side, "width": side})
    BlipProcessor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def qwen(folder: Path, generation: str = "2") -> Path:
    """A Qwen-VL of generation "2", "2.5" or "3", as Qwen/Qwen2-VL-2B-Instruct is saved."""
    import torch
    import transformers

    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    token = tokenizer.convert_tokens_to_ids
    prefix = {"2": "Qwen2VL", "2.5": "Qwen2_5_VL", "3": "Qwen3VL"}[generation]
    patch = 8
    text = {
        "vocab_size": len(tokenizer),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 8,
        "max_position_embeddings": 512,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [2, 1, 1],
        },
        "bos_token_id": None,
        "eos_token_id": token("<|im_end|>"),
        "pad_token_id": token("<|endoftext|>"),
        "initializer_range": 0.5,
    }
    vision: dict[str, Any] = {
        "depth": 2,
        "num_heads": 2,
        "patch_size": patch,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "initializer_range": 0.5,
    }
    vision |= {
        "2": {"embed_dim": 16, "hidden_size": 16, "mlp_ratio": 2},
        "2.5": {
            "hidden_size": 16,
            "out_hidden_size": 16,
            "intermediate_size": 32,
            "window_size": 32,
            "fullatt_block_indexes": [1],
        },
        "3": {
            "hidden_size": 16,
            "out_hidden_size": 16,
            "intermediate_size": 32,
            "deepstack_visual_indexes": [0],
            "num_position_embeddings": 64,
        },
    }[generation]
    config = getattr(transformers, f"{prefix}Config")(
        tie_word_embeddings=True,  # as the smallest of each generation are: no lm_head in the file
        text_config=text,
        vision_config=vision,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
    )
    getattr(transformers, f"{prefix}ForConditionalGeneration")(config).save_pretrained(folder)
    pixels = {"shortest_edge": 16 * 16, "longest_edge": 64 * 64}
    images = transformers.Qwen2VLImageProcessor(patch_size=patch, merge_size=2, size=pixels)
    video = "Qwen3VLVideoProcessor" if generation == "3" else "Qwen2VLVideoProcessor"
    videos = getattr(transformers, video)(patch_size=patch, merge_size=2)
    processor = getattr(transformers, f"{prefix}Processor")(
        image_processor=images, tokenizer=tokenizer, video_processor=videos, chat_template=CHAT
    )
    processor.save_pretrained(folder)
    return folder


def llava(folder: Path) -> Path:
    """A LLaVA, as another family of chat models, without Qwen's positions and picture sizes."""
    import torch
    import transformers

    torch.manual_seed(0)
    tokenizer = qwen_tokenizer()
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    vision = {"num_hidden_layers": 2, "image_size": 32, "patch_size": 8, "initializer_range": 0.5}
    text = {
        "num_hidden_layers": 1,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 512,
        "initializer_range": 0.5,
    }
    config = transformers.LlavaConfig(
        vision_config={"model_type": "clip_vision_model", **tower, **vision},
        text_config={"model_type": "llama", **tower, **text},
        image_token_index=tokenizer.convert_tokens_to_ids("<|image_pad|>"),
        image_seq_length=16,
    )
    transformers.LlavaForConditionalGeneration(config).save_pretrained(folder)
    crop = {"height": 32, "width": 32}
    images = transformers.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=crop)
    transformers.LlavaProcessor(
        image_processor=images,
        tokenizer=tokenizer,
        patch_size=8,
        num_additional_image_tokens=1,
        vision_feature_select_strategy="default",
        image_token="<|image_pad|>",
        chat_template=CHAT,
    ).save_pretrained(folder)
    return folder
