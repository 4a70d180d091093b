"""A check of which operators torch ran, and groups of operators to allow.

A name also stands for the operator in place (``add_``), on lists of tensors (``_foreach_add``), its copy
(``expand_copy``) and its gradient (``tanh_backward``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from autograder.checks.base import Named
from autograder.core.check import Likeness, Observation
from autograder.core.evidence import OPERATORS, Evidence, Json
from autograder.core.text import NO_OPERATORS, NO_SUCH_OPERATOR, OPERATORS_OF, OTHER_OPERATORS, Text
from autograder.core.verdict import Finding


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHAPING = _names("""
    view view_as reshape reshape_as _reshape_alias _reshape _unsafe_view as_strided expand expand_as
    broadcast_to broadcast_tensors t transpose permute movedim moveaxis swapaxes swapdims adjoint numpy_T mT
    mH matrix_H squeeze unsqueeze select slice index _unsafe_index _unsafe_masked_index index_select
    index_put _index_put_impl _unsafe_index_put _unsafe_masked_index_put_accumulate index_add index_fill
    index_reduce gather take put take_along_dim scatter scatter_add scatter_reduce select_scatter
    slice_scatter diagonal_scatter as_strided_scatter masked_fill masked_select masked_scatter cat concat
    concatenate _stack stack hstack vstack dstack column_stack row_stack split split_with_sizes unsafe_split
    unsafe_split_with_sizes chunk unsafe_chunk tensor_split hsplit vsplit dsplit unbind narrow flatten ravel
    unflatten repeat repeat_interleave tile roll flip fliplr flipud rot90 unfold pad _pad_enum
    constant_pad_nd triu tril diag diag_embed diagflat diagonal fill_diagonal block_diag meshgrid
    cartesian_prod combinations nonzero nonzero_numpy argwhere one_hot sort argsort msort topk bucketize
    searchsorted atleast_1d atleast_2d atleast_3d embedding embedding_dense _add_batch_dim _remove_batch_dim
    unique_consecutive _unique _unique2 unique_dim
""")
FACTORIES = _names("""
    empty empty_like empty_strided empty_permuted zeros zeros_like ones ones_like full full_like new_empty
    new_empty_strided new_zeros new_ones new_full _new_zeros_with_same_feature_meta _efficientzerotensor
    scalar_tensor tensor as_tensor arange range linspace logspace eye tril_indices triu_indices zero fill
    rand rand_like randn randn_like randint randint_like randperm random uniform normal bernoulli
    multinomial exponential erfinv vander
""")
BOOKKEEPING = _names("""
    to _to type_as clone contiguous copy detach alias lift lift_fresh data set set_data resize resize_as
    requires_grad retain_grad _fw_primal _make_dual _unpack_dual _has_same_storage_numel
    _has_compatible_shallow_copy_type _grad_sum_to_size sum_to_size item _local_scalar_dense is_nonzero
    numel size is_same_size is_floating_point is_complex result_type can_cast promote_types _conj conj
    conj_physical _conj_physical resolve_conj resolve_neg _neg_view real imag positive pin_memory
    _pin_memory record_stream _assert_async _is_all_true _is_any_true _to_cpu cpu cuda _cast_Float
    _cast_Double _cast_Long _cast_Int _lazy_clone equal allclose isclose
""")
ARITHMETIC = _names("""
    add sub subtract rsub mul multiply div divide true_divide floor_divide remainder fmod neg negative
    reciprocal abs absolute sign sgn pow float_power square sqrt rsqrt exp exp2 expm1 log log2 log10 log1p
    xlogy special_exp2 special_expm1 special_log1p special_xlogy special_xlog1py special_entr special_round
    sin cos tan asin acos atan atan2 sinh cosh asinh acosh atanh arcsin arccos arctan arctanh hypot floor
    ceil round trunc fix frac maximum minimum fmax fmin clamp clamp_min clamp_max clip where lerp addcmul
    addcdiv eq ne lt le gt ge not_equal less less_equal greater greater_equal logical_and logical_or
    logical_not logical_xor bitwise_and bitwise_or bitwise_not bitwise_xor __and__ __or__ __xor__ __iand__
    __ior__ __ixor__ isnan isinf isfinite isin nan_to_num heaviside copysign ldexp diff erf erfc special_erf
    special_erfc
""")
REDUCTIONS = _names("""
    sum nansum mean nanmean prod max min amax amin aminmax _aminmax argmax argmin all any cumsum cumprod
    cummax cummin cummaxmin _cummax_helper _cummin_helper var std var_mean std_mean median nanmedian
    quantile mode kthvalue count_nonzero bincount norm native_norm frobenius_norm linalg_norm
    linalg_vector_norm linalg_matrix_norm linalg__powsum powsum value_selecting_reduction trace
""")
LINEAR_ALGEBRA = _names("""
    mm addmm mv addmv dot vdot inner outer ger addr bmm baddbmm addbmm matmul linear einsum tensordot
    bilinear _trilinear kron chain_matmul linalg_multi_dot linalg_matmul linalg_vecdot cross linalg_cross
""")
LOGSUMEXP = _names("""
    logsumexp special_logsumexp logaddexp logaddexp2 logcumsumexp _logcumsumexp
""")
SOFTMAX = _names("""
    softmax _softmax _safe_softmax _masked_softmax special_softmax log_softmax _log_softmax
    special_log_softmax
""")
ACTIVATIONS = _names("""
    tanh sigmoid special_expit log_sigmoid log_sigmoid_forward relu relu6 threshold leaky_relu prelu
    _prelu_kernel elu celu selu gelu silu mish softplus hardtanh hardsigmoid hardswish
""")
BINARY_CROSS_ENTROPY = _names("binary_cross_entropy binary_cross_entropy_with_logits")
LOSSES = _names("""
    mse_loss l1_loss smooth_l1_loss huber_loss kl_div cross_entropy_loss nll_loss nll_loss_nd
    nll_loss_forward nll_loss2d nll_loss2d_forward
""")
OPTIMISERS = _names("""
    _fused_sgd _fused_adam _fused_adamw _fused_adagrad add mul div neg sqrt pow reciprocal lerp addcmul
    addcdiv maximum zero linalg_vector_norm norm
""")

BY_HAND = SHAPING | FACTORIES | BOOKKEEPING | ARITHMETIC | REDUCTIONS | LINEAR_ALGEBRA
"""What no rule of an exam means to forbid: plain computation, without a ready-made step of a network."""

_FORM = re.compile(r"^_foreach_|(_copy|_backward|_backward_data)?_?$")


@dataclass(frozen=True, slots=True)
class Operators(Named):
    """Of torch's operators none ran but those of ``allowed``, whatever they were called by, and some ran.

    It reads the fact ``operators``: of a part with ``calls`` what ran in the student's; of a probe, what ran
    within ``with observe.operators():``. Without ``allowed`` all are; of ``needed`` one must have run.
    """

    name: str = OPERATORS
    _: KW_ONLY
    allowed: Collection[str] | None = None
    needed: Collection[str] = ()

    reads_source: ClassVar[bool] = False
    reads_facts: ClassVar[bool] = True
    about: ClassVar[Text] = OPERATORS_OF

    def __post_init__(self) -> None:
        Named.__post_init__(self)
        for name in ("allowed", "needed"):  # in an order that is the same in every process
            if getattr(self, name) is not None:
                object.__setattr__(self, name, tuple(sorted(getattr(self, name))))

    @property
    def reads(self) -> tuple[str, ...]:
        return (OPERATORS,)

    def judge(self, seen: Observation) -> Finding:
        if not isinstance(found := seen.evidence.facts.get(OPERATORS), list):
            return self.lacks(seen, OPERATORS)
        if others := self._not_allowed(found):
            return self.fails(OTHER_OPERATORS, names=_listed(others))
        ran = {form for name in found if isinstance(name, str) for form in (name, _FORM.sub("", name))}
        if ran and not (self.needed and ran.isdisjoint(self.needed)):
            return self.passes()
        if seen.missing:  # it did not get as far
            return self.lacks(seen, next(iter(seen.missing)))
        if ran:
            return self.fails(NO_SUCH_OPERATOR, names=_listed([*self.needed]))
        return self.fails(NO_OPERATORS)

    def resembles(self, seen: Observation, other: Evidence) -> Likeness:
        mine, theirs = (
            self._not_allowed(evidence.facts.get(OPERATORS)) for evidence in (seen.evidence, other)
        )
        if mine != theirs:
            return Likeness.DIFFERENT
        return Likeness.SAME if mine else Likeness.SILENT

    def _not_allowed(self, found: Json) -> list[str]:
        if self.allowed is None or not isinstance(found, list):
            return []
        allowed = frozenset(self.allowed)
        names = [name for name in found if isinstance(name, str)]
        return [name for name in names if name not in allowed and _FORM.sub("", name) not in allowed]


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:_SHOWN], *["..."][: len(names) > _SHOWN]])


_SHOWN = 8
