"""One pydantic model per stage; a recipe is their YAML.

Faults are reported together, each with its path in the file and what is permitted.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adwright.errors import NotFoundError, RecipeError
from adwright.records import GivenBrief

__all__ = [
    "EvaluationConfig",
    "GenerateConfig",
    "LoraSettings",
    "MarketConfig",
    "PairsConfig",
    "RLConfig",
    "Recipe",
    "RewardConfig",
    "SFTConfig",
    "WriterConfig",
    "field_faults",
    "load_recipe",
]

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Part = Annotated[float, Field(gt=0.0, lt=1.0)]
Positive = Annotated[int, Field(ge=1)]


class _Stage(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MarketConfig(_Stage):
    """The simulated market that stands in for a company's history."""

    advertisers: Positive = Field(60, description="fictional advertisers, each with several campaigns")
    tests: Positive = Field(900, description="tests to run, each of several texts to one audience")
    impressions: Positive = Field(6000, description="mean impressions of one text in one test")
    placements: tuple[Literal["headline", "description", "primary_text"], ...] = Field(
        ("headline", "description", "primary_text"), min_length=1, description="where the market's ads stand"
    )


class PairsConfig(_Stage):
    """How tests become preference pairs."""

    min_impressions: Positive = Field(100, description="texts shown less often are left out")
    drop_flagged: bool = Field(True, description="leave out rows of flagged periods")
    valid_share: Part = Field(
        0.08, description="share of the training stories kept for choosing and stopping"
    )
    test_share: Part = Field(
        0.2, description="share of stories kept for the final report, where the table has no split of its own"
    )
    independent_share: Part = Field(
        0.2, description="share of training stories given to the independent reward model alone"
    )
    near_duplicate: Share = Field(
        0.6, description="word-shingle Jaccard similarity above which two texts tell the same story"
    )


class LoraSettings(_Stage):
    """The low-rank adapter."""

    r: Positive = Field(16, description="rank")
    alpha: Positive = Field(32, description="scale; the update is multiplied by alpha / r")
    dropout: Share = Field(0.0, description="dropout on the adapter's input")


class WriterConfig(_Stage):
    """The language model that is to write."""

    model: str = Field(
        "embedded", description="'embedded' (SmolLM2-135M-Instruct), a folder, or a Hugging Face id"
    )
    dtype: Literal["float32", "bfloat16"] = Field("float32", description="precision of the frozen weights")
    max_new_tokens: Positive = Field(48, description="a text is cut off here")


class SFTConfig(_Stage):
    """Imitation: (one human text, brief) → another, better human text."""

    examples: Positive = Field(800, description="training pairs at most, the closest in meaning first")
    valid_examples: Positive = Field(32, description="held-out pairs that say when to stop")
    epochs: Positive = Field(1, description="passes over the examples at most")
    learning_rate: float = Field(3e-4, gt=0, description="peak rate, after warm-up")
    batch_size: Positive = Field(8, description="examples a step")
    similarity: Share = Field(0.45, description="least embedding similarity of source and target")
    grounded: Share = Field(
        0.0, description="least share of a target's content words that source and brief must have"
    )
    patience: Positive = Field(2, description="evaluations without a better held-out loss before stopping")
    start: str | None = Field(
        None,
        description="folder of an adapter of the same writer to go on from, such as the sft/adapter of a run "
        "of recipes/starter.yaml; without it a fresh one",
    )
    lora: LoraSettings = Field(
        LoraSettings(), description="shape of a fresh adapter; one that starts from another keeps its shape"
    )


class RewardConfig(_Stage):
    """Bradley–Terry reward models: fine-tuned sentence encoders, and a linear one on frozen features."""

    encoder: str = Field(
        "embedded", description="'embedded' (all-MiniLM-L6-v2), a folder, or a Hugging Face id"
    )
    reader: str = Field(
        "embedded",
        description="language model whose middle layers the linear member reads: 'embedded' "
        "(SmolLM2-135M-Instruct), a folder, or a Hugging Face id",
    )
    networks: int = Field(
        2, ge=2, description="fine-tuned networks in the ensemble that RL climbs, beside the linear member"
    )
    independent_networks: Positive = Field(
        1, description="fine-tuned networks in the independent judge, beside its linear member"
    )
    epochs: Positive = Field(1, description="passes over the tests; a second pass overfits small data")
    learning_rate: float = Field(5e-5, gt=0, description="peak rate of the encoder")
    head_learning_rate: float = Field(1e-3, gt=0, description="peak rate of the head")
    batch_tests: Positive = Field(12, description="tests in a batch")
    use_context: bool = Field(False, description="let the score depend on audience and product")


class RLConfig(_Stage):
    """RLPF: TRL's RLOO (or GRPO) against the reward ensemble, leashed to the imitation model."""

    algorithm: Literal["rloo", "grpo"] = Field("rloo", description="advantage estimator")
    steps: Positive = Field(50, description="updates at most")
    prompts_per_step: Positive = Field(8, description="sources in one update")
    samples: int = Field(8, ge=2, description="texts drawn for each source")
    learning_rate: float = Field(2e-4, gt=0, description="peak rate, after warm-up; falls to a tenth")
    kl: float = Field(0.05, gt=0, description="weight of the KL to the imitation model (beta)")
    temperature: float = Field(0.9, gt=0, description="of the rollouts")
    spread: float = Field(
        1.0, ge=0, description="lambda: the reward is the ensemble's mean - lambda * spread"
    )
    length_weight: float = Field(
        1.0, ge=0, description="penalty per unit of |log relative length| beyond a slack of 15%"
    )
    faithfulness_weight: float = Field(
        2.5, ge=0, description="on what a text keeps and does not invent, against second human texts"
    )
    filter_weight: float = Field(0.4, ge=0, description="penalty for each rule of the filters that objects")
    floor: float = Field(-1.0, description="least reward of a text, and that of a guardrail's breach")
    copy_penalty: float = Field(
        0.5,
        ge=0,
        description="so much below the floor earns a near-copy, the most faithful of texts",
    )
    evaluate_every: Positive = Field(10, description="updates between looks of the independent model")
    evaluate_sources: Positive = Field(48, description="held-out sources at each look")
    patience: Positive = Field(4, description="looks without a better independent reward before stopping")
    vllm: bool = Field(False, description="rollouts by vLLM (GPU)")
    vllm_memory: float = Field(
        0.3, gt=0, lt=1, description="share of a GPU's memory for vLLM: its copy of the writer, and its cache"
    )
    lora: LoraSettings = LoraSettings()


class EvaluationConfig(_Stage):
    """The last judgement, on sources that nothing was trained or chosen on."""

    sources: Positive = Field(160, description="held-out sources at most")
    best_of: Positive = Field(8, description="samples of the best-of-n policy, and of what is served")
    temperature: float = Field(0.8, gt=0, description="of all policies")


class GenerateConfig(_Stage):
    """How variations are drawn for a person."""

    samples: Positive = Field(32, description="texts drawn for the few shown")
    temperature: float = Field(0.8, gt=0, description="sampling temperature")
    min_p: Share = Field(
        0.05, description="tokens less likely than this share of the likeliest are not drawn"
    )


class Recipe(_Stage):
    """A whole run: where the data come from, and each stage's settings."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="short name; part of the run's folder"
    )
    seed: int = Field(0, ge=0, lt=2**31, description="everything random derives from it")
    learn: Literal["results", "corpus"] = Field(
        "results",
        description="'results': the whole loop, from how ads did; 'corpus': a starter adapter, from the "
        "rewrites that come with adwright",
    )
    data: str | None = Field(
        None, description="ad table or platform export; without it the simulated market is used"
    )
    sample_text: str = Field("", description="the text for the five variations that close the run")
    sample_brief: GivenBrief = Field(GivenBrief(), description="what the sample text advertises")
    market: MarketConfig = MarketConfig()
    pairs: PairsConfig = PairsConfig()
    writer: WriterConfig = WriterConfig()
    sft: SFTConfig = SFTConfig()
    reward: RewardConfig = RewardConfig()
    rl: RLConfig = RLConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    generate: GenerateConfig = GenerateConfig()


def load_recipe(path: str | Path, **overrides: Any) -> Recipe:
    """Read a recipe; ``overrides`` replace top-level fields ("seed", "data") if not None.

    Raises:
        NotFoundError: there is no such file.
        RecipeError: the YAML is broken or fields are wrong; all faults are listed.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(
            f"no recipe at {path}", fix="see the folder recipes/ for the ones that are shipped"
        )
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(
            f"not readable as YAML: {error}", where=str(path), fix="check indentation and quotes"
        ) from error
    if not isinstance(raw, dict):
        raise RecipeError(
            "a recipe is a mapping of fields", where=str(path), fix="start from recipes/demo.yaml"
        )
    raw |= {k: v for k, v in overrides.items() if v is not None}
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        raise RecipeError(
            field_faults(error), where=str(path), fix="correct the fields above; docs/recipes.md lists all"
        ) from error


def field_faults(error: ValidationError) -> str:
    """All faults, a line each: the field, what is wrong with it, and what was given."""
    lines = []
    for fault in error.errors(include_url=False):
        field = ".".join(str(p) for p in fault["loc"])
        given = "" if fault["type"] == "missing" else f" (given: {fault['input']!r})"
        lines.append(f"  {field}: {fault['msg']}{given}")
    count = len(lines)
    return f"{count} fault{'s' if count > 1 else ''}:\n" + "\n".join(lines)
