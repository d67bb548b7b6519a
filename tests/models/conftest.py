"""A tiny Llama with its GGUF twin, made in a second, and a web server that answers what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGMLQuantizationType, GGUFWriter
from gguf.quants import quantize
from peft import LoraConfig, get_peft_model
from tokenizers.pre_tokenizers import ByteLevel
from transformers import LlamaConfig, LlamaForCausalLM

from adwright.models import embedded
from adwright.models.export import to_rotary_order
from adwright.models.quietness import quiet

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def tiny_config(vocab: int, heads: int = 4) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=vocab, hidden_size=64, intermediate_size=96, num_hidden_layers=2,
        num_attention_heads=heads,
        num_key_value_heads=2, max_position_embeddings=1024, tie_word_embeddings=True, bos_token_id=1,
        eos_token_id=2, pad_token_id=2,
    )  # fmt: skip


def tiny_model(vocab: int, heads: int = 4, seed: int = 0) -> LlamaForCausalLM:
    """Random weights, large enough that the likeliest token is far ahead of the next."""
    torch.manual_seed(seed)
    model = LlamaForCausalLM(tiny_config(vocab, heads)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.normal_(std=0.3)
    return model


def write_tiny_gguf(path: Path) -> None:
    tokens = SPECIAL + sorted(ByteLevel.alphabet()) + ["th"]
    model = tiny_model(len(tokens))
    config = model.config
    writer = GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(16)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * len(SPECIAL) + [1] * (len(tokens) - len(SPECIAL)))
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    names = {
        "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down", "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
        "model.embed_tokens": "token_embd", "model.norm": "output_norm",
    }  # fmt: skip
    for name, tensor in model.state_dict().items():
        if name.startswith("lm_head"):
            continue
        short = name.removesuffix(".weight").replace("model.layers.", "blk.")
        for ours, theirs in names.items():
            short = short.replace(ours, theirs)
        weight = tensor.numpy()
        if "attn_q" in short or "attn_k" in short:
            weight = to_rotary_order(weight, 4 if "attn_q" in short else 2)
        kind = GGMLQuantizationType.F32 if weight.ndim == 1 else GGMLQuantizationType.Q8_0
        writer.add_tensor(f"{short}.weight", quantize(weight, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    write_tiny_gguf(path)
    return path


@pytest.fixture(scope="session")
def tiny_folder(tiny_gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny GGUF, converted as the embedded writer is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "writer_gguf", lambda: tiny_gguf)
        patch.setenv("ADWRIGHT_HOME", str(tmp_path_factory.mktemp("home")))
        return embedded.writer_folder()


@pytest.fixture
def make_adapter(tmp_path: Path) -> Any:
    """Make a LoRA folder for a model, with weights that matter."""

    def make(
        model: Any,
        name: str,
        seed: int = 0,
        std: float = 0.02,
        targets: tuple[str, ...] = ("q_proj", "v_proj"),
    ) -> Path:
        quiet()
        torch.manual_seed(seed)
        wrapped = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=list(targets)))
        for key, parameter in wrapped.named_parameters():
            if "lora_B" in key:
                torch.nn.init.normal_(parameter, std=std)
        wrapped.save_pretrained(tmp_path / name)
        wrapped.unload()
        return tmp_path / name

    return make


class ScriptedServer:
    """Answers each request with the next (status, body, headers) of ``script``; keeps what was asked."""

    def __init__(self) -> None:
        self.script: list[tuple[int, Any, dict[str, str]]] = []
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append(
                    {"path": self.path, "key": self.headers.get("Authorization"), **json.loads(body)}
                )
                status, answer, headers = outer.script.pop(0)
                sent = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(sent))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def answers(self, status: int, body: Any = "", headers: dict[str, str] | None = None) -> None:
        self.script.append((status, body, headers or {}))


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    served = ScriptedServer()
    thread = threading.Thread(target=served.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    served.server.shutdown()
    thread.join()
    served.server.server_close()
