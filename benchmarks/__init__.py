"""What the pipeline costs, each figure beside a reference measured in the same run."""
