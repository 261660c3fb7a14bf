"""Architectures of timm and transformers, small and with random weights: bit-identical, and nothing true is denied."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics.result import Result

pytestmark = pytest.mark.slow

SMALL: dict[str, Any] = {
    "vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
    "num_key_value_heads": 2, "max_position_embeddings": 32, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
GPT_LIKE: dict[str, Any] = {"vocab_size": 64, "n_positions": 32, "n_embd": 32, "n_layer": 2, "n_head": 4}

# Configuration and model class of transformers, and what the configuration is given.
LANGUAGE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "albert": ("AlbertConfig", "AlbertForMaskedLM", {**SMALL, "embedding_size": 16}),
    "bert": ("BertConfig", "BertForMaskedLM", SMALL),
    "bloom": ("BloomConfig", "BloomForCausalLM", {"vocab_size": 64, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "convbert": ("ConvBertConfig", "ConvBertForMaskedLM", {**SMALL, "embedding_size": 32}),
    "deberta": ("DebertaV2Config", "DebertaV2ForMaskedLM", SMALL),
    "distilbert": ("DistilBertConfig", "DistilBertForMaskedLM", {"vocab_size": 64, "dim": 32, "n_heads": 4}),
    "electra": ("ElectraConfig", "ElectraForMaskedLM", {**SMALL, "embedding_size": 16}),
    "falcon": ("FalconConfig", "FalconForCausalLM", SMALL),
    "gemma": ("GemmaConfig", "GemmaForCausalLM", {**SMALL, "head_dim": 8}),
    "gpt2": ("GPT2Config", "GPT2LMHeadModel", GPT_LIKE),
    "gpt-neo": (
        "GPTNeoConfig", "GPTNeoForCausalLM",
        {"vocab_size": 64, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "attention_types": [[["global"], 2]],
         "max_position_embeddings": 32},
    ),
    "gptj": ("GPTJConfig", "GPTJForCausalLM", {**GPT_LIKE, "rotary_dim": 4}),
    "llama": ("LlamaConfig", "LlamaForCausalLM", SMALL),
    "mamba": ("MambaConfig", "MambaForCausalLM", {"vocab_size": 64, "hidden_size": 32, "num_hidden_layers": 2}),
    "mistral": ("MistralConfig", "MistralForCausalLM", SMALL),
    "mixtral": ("MixtralConfig", "MixtralForCausalLM", {**SMALL, "num_local_experts": 2}),
    "opt": ("OPTConfig", "OPTForCausalLM", {**SMALL, "ffn_dim": 64, "word_embed_proj_dim": 32}),
    "phi": ("PhiConfig", "PhiForCausalLM", SMALL),
    "qwen2": ("Qwen2Config", "Qwen2ForCausalLM", SMALL),
    "roberta": ("RobertaConfig", "RobertaForMaskedLM", SMALL),
    "t5": (
        "T5Config", "T5ForConditionalGeneration",
        {"vocab_size": 64, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2, "num_heads": 4,
         "decoder_start_token_id": 0},
    ),
    "xlnet": ("XLNetConfig", "XLNetLMHeadModel", {"vocab_size": 64, "d_model": 32, "n_layer": 2, "n_head": 4}),
}  # fmt: skip
VISION = (
    "convnext_atto", "deit_tiny_patch16_224", "densenet121", "efficientnet_b0", "ghostnet_100", "mixer_s32_224",
    "mobilenetv3_small_050", "regnetx_002", "resnet18", "resnext50_32x4d", "swin_tiny_patch4_window7_224", "vgg11_bn",
    "vit_tiny_patch16_224",
)  # fmt: skip
STEPS = 3
_OPERATORS: list[Any] = []


def load(package: str) -> Any:
    """The package; skips the test where it cannot be imported."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if not _OPERATORS:  # a torchvision without its compiled operators: others only need them to exist
        _OPERATORS.append(torch.library.Library("torchvision", "FRAGMENT"))  # type: ignore[no-untyped-call]
        for operator in ("nms", "qnms"):
            _OPERATORS[0].define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    try:
        return importlib.import_module(package)
    except Exception as error:  # a torchvision that does not fit this torch
        pytest.skip(f"{package} cannot be imported here: {error}")


def train(make: Callable[[], nn.Module], loss_of: Callable[[nn.Module], torch.Tensor], folder: Path | None) -> Any:
    torch.manual_seed(0)
    model = make().train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3)
    observer = None
    if folder is not None:
        observer = diagnostics.attach(model, name="zoo", optimizer=optimizer, every=2, directory=folder, quiet=True)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(model).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    result = observer.detach() if observer is not None else None
    return model.state_dict(), torch.get_rng_state(), result


def check(make: Callable[[], nn.Module], loss_of: Callable[[nn.Module], torch.Tensor], folder: Path) -> Result:
    bare, state, _ = train(make, loss_of, None)
    watched, watched_state, result = train(make, loss_of, folder)
    assert torch.equal(state, watched_state)
    assert all(torch.equal(weight, watched[name]) for name, weight in bare.items())
    found: Result = result
    assert (found.errors, found.captures.taken, found.not_in_optimizer) == ([], 2, [])
    assert found.diagnosis.severity != "unknown", found.diagnosis.reason
    return found


@pytest.mark.parametrize("name", LANGUAGE)
def test_language(name: str, tmp_path: Path) -> None:
    transformers = load("transformers")
    config, kind, options = LANGUAGE[name]

    def make() -> nn.Module:
        model: nn.Module = getattr(transformers, kind)(getattr(transformers, config)(**options))
        return model

    def loss_of(model: nn.Module) -> torch.Tensor:
        tokens = torch.randint(3, 64, (2, 12))
        loss: torch.Tensor = model(input_ids=tokens, labels=tokens).loss
        return loss

    result = check(make, loss_of, tmp_path)
    assert result.never_called == [], "every layer of these models takes part"


@pytest.mark.parametrize("name", VISION)
def test_vision(name: str, tmp_path: Path) -> None:
    timm = load("timm")

    def make() -> nn.Module:
        model: nn.Module = timm.create_model(name, num_classes=5)
        return model

    def loss_of(model: nn.Module) -> torch.Tensor:
        return nn.functional.cross_entropy(model(torch.randn(2, 3, 224, 224)), torch.tensor([0, 1]))

    check(make, loss_of, tmp_path)
