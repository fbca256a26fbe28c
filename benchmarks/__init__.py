"""Cost of the pipeline, each figure with a reference measured in the same run."""
