"""Arrays without their shape, for compiled code that knows where it reads.

numba gives an index that might be negative a second meaning, from the end, and hands on seven words for each array.
Both cost a kernel that hops about in one array half its time. A pointer is read and written like the array it came
from, `m[at]`, and knows no end.
"""

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.typing import templates
from numba.extending import intrinsic, lower_builtin, models, register_model

# numba's annotations stop short of this interface, hence `Any` for what it offers and for what it hands over: types
# when it infers, contexts and LLVM values when it generates code.
_infer: Any = templates.infer_global
_signature: Any = templates.Signature
_lower: Any = lower_builtin
_intrinsic: Any = intrinsic


class Pointer(types.Type):
    """To the first of many `dtype`."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(f"pointer({dtype})")


@register_model(Pointer)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Pointer) -> None:
        super().__init__(manager, kind, manager.lookup(kind.dtype).get_data_type().as_pointer())  # type: ignore[no-untyped-call]


def _pointer_to(_: Any, array: Any, __: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, (given, at) = signature.args[0], arguments
        data = context.make_array(kind)(context, builder, given)
        if kind.ndim > 1:
            at = builder.mul(at, builder.extract_value(data.shape, 1))
        return builder.gep(data.data, [at])

    return Pointer(array.dtype)(array, types.int64), generate


def _fetch(_: Any, pointer: Any, __: Any) -> Any:
    def generate(context: Any, builder: Any, ___: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        name, kind = "llvm.prefetch.p0", ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        place = builder.bitcast(builder.gep(*_place(arguments)), byte)
        builder.call(function, [place, number(0), number(3), number(1)])  # to read, to keep, data
        return context.get_dummy_value()

    return types.void(pointer, types.int64), generate


pointer_to: Callable[[Any, Any], Any] = _intrinsic(_pointer_to)
"""(array, first): a pointer to `array[first]`, of a matrix to that row; the array lies in order."""

fetch: Callable[[Any, Any], None] = _intrinsic(_fetch)
"""(pointer, at): ask for the cache line of `pointer[at]` without waiting for it; harmless wherever that is."""


@_infer(operator.getitem)
class _Get(templates.AbstractTemplate):
    def generic(self, args: Any, _: Any) -> Any:
        pointer, at = args
        return _signature(pointer.dtype, (pointer, types.int64), None) if _is_place(pointer, at) else None


@_infer(operator.setitem)
class _Set(templates.AbstractTemplate):
    def generic(self, args: Any, _: Any) -> Any:
        pointer, at, _ = args
        if not _is_place(pointer, at):
            return None
        return _signature(types.void, (pointer, types.int64, pointer.dtype), None)


def _is_place(pointer: Any, at: Any) -> bool:
    return isinstance(pointer, Pointer) and isinstance(at, types.Integer)


def _place(arguments: Any) -> tuple[Any, list[Any]]:
    return arguments[0], [arguments[1]]


def _get(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
    return builder.load(builder.gep(*_place(arguments)))


def _set(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
    builder.store(arguments[2], builder.gep(*_place(arguments)))
    return context.get_dummy_value()


_lower(operator.getitem, Pointer, types.Integer)(_get)
_lower(operator.setitem, Pointer, types.Integer, types.Any)(_set)
