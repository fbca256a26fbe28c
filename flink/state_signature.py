"""What the job's state depends on: its operators, in the planner's own words.

A new wording, a doc, or a column that no statement reads changes none of them, and the job goes
on with its state; another key, type, condition or literal does, and old state would be of
another job.
"""

import re

from pyflink.datastream import StreamExecutionEnvironment

STATELESS = {"SourceTransformation"}
"""Their rows have every column of a contract, read or not; the state is offsets alone."""
SETTING = "MiniBatchAssigner"
"""Says only how often changes are written."""
NUMBER = re.compile(r"^\[\d+\]:")
"""How many operators the process planned before."""


def shape(environment: StreamExecutionEnvironment) -> str:
    """A line for every operator that was attached: what it does, and the type of its rows."""
    found = {
        operator.getId(): operator
        for root in environment._j_stream_execution_environment.getTransformations()
        for operator in root.getTransitivePredecessors()
    }
    return "\n".join(
        f"{NUMBER.sub('', str(operator.getDescription()))} {operator.getOutputType()}"
        for _, operator in sorted(found.items())
        if operator.getClass().getSimpleName() not in STATELESS
        and not operator.getName().startswith(SETTING)
    )
