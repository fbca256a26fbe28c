"""Statements of the generated validate() methods."""

from decimal import Decimal

from contracts.contract import Field
from contracts.types import INT, LONG


def constants(field: Field) -> list[str]:
    """Render the module constants that the checks of a field use."""
    name, bounds = field.name.upper(), field.constraints
    if field.type.logical == "string" and "pattern" in bounds:
        return [f"_{name}_PATTERN = re.compile({bounds['pattern']!r})"]
    if field.type.logical == "decimal":
        limit = Decimal(10) ** (field.type.precision - field.type.scale)
        lines = [f'_{name}_LIMIT = Decimal("{limit:f}")']
        if "minimum" in bounds:
            lines.append(f'_{name}_LEAST = Decimal("{bounds["minimum"]}")')
        return lines
    return []


def checks(field: Field) -> list[str]:
    """Render the statements of validate() that check a field."""
    value, name, upper = f"self.{field.name}", f'"{field.name}"', field.name.upper()
    bounds = field.constraints
    lines = _statement(field, *_check(field))
    if "pattern" in bounds and {"minLength", "maxLength"} & bounds.keys():
        # After the length: a longer text may take longer to match than any that is allowed.
        error = f"violations.pattern({name}, {value}, _{upper}_PATTERN.pattern)"
        lines += _statement(field, f"not _{upper}_PATTERN.fullmatch({value})", error)
    if "identifier" in bounds:
        bad, error = f"not is_identifier({value})", f"violations.identifier({name}, {value})"
        lines += _statement(field, bad, error)
    return lines


def _check(field: Field) -> tuple[str, str]:
    """Render the condition by which a value is bad, and its error: by type and range."""
    value, name, upper = f"self.{field.name}", f'"{field.name}"', field.name.upper()
    bounds = field.constraints
    match field.type.logical:
        case "string" if "pattern" in bounds and not {"minLength", "maxLength"} & bounds.keys():
            bad = f"type({value}) is not str or not _{upper}_PATTERN.fullmatch({value})"
            error = f"violations.pattern({name}, {value}, _{upper}_PATTERN.pattern)"
        case "string":
            size, error = _size(field)
            bad = f"type({value}) is not str or not {size}"
        case "int" | "long":
            low, high = INT if field.type.logical == "int" else LONG
            low, high = max(low, bounds.get("minimum", low)), min(high, bounds.get("maximum", high))
            bad = f"type({value}) is not int or not {low} <= {value} <= {high}"
            error = f"violations.integer({name}, {value}, {low}, {high})"
        case "decimal":
            scale = field.type.scale
            minimum = f"_{upper}_LEAST" if "minimum" in bounds else "None"
            bound = f"{minimum} <=" if "minimum" in bounds else f"-_{upper}_LIMIT <"
            bad = (
                f"not violations.decimal_fits({value}, {scale}) "
                f"or not {bound} {value} < _{upper}_LIMIT"
            )
            error = (
                f"violations.decimal({name}, {value}, {field.type.precision}, {scale}, {minimum})"
            )
        case "timestamp-millis":
            bad = (
                f"type({value}) is not datetime or {value}.tzinfo is None "
                f"or {value}.microsecond % 1000"
            )
            error = f"violations.time({name}, {value})"
        case "bytes":
            bad = f"type({value}) is not bytes"
            error = f"violations.data({name}, {value})"
        case _:
            bad = f"type({value}) is not bool"
            error = f"violations.boolean({name}, {value})"
    return bad, error


def _size(field: Field) -> tuple[str, str]:
    """Render the condition on the length of a text, and its error."""
    value, bounds = f"self.{field.name}", field.constraints
    shortest, longest = bounds.get("minLength", 0), bounds.get("maxLength")
    size = f"{shortest} <= len({value})" + ("" if longest is None else f" <= {longest}")
    return size, f'violations.text("{field.name}", {value}, {shortest}, {longest})'


def _statement(field: Field, bad: str, error: str) -> list[str]:
    if field.nullable:
        bad = f"self.{field.name} is not None and ({bad})"
    return [f"if {bad}:", f"    raise {error}"]
