"""The training pipeline: labelled records in, the model that `checker` ships out."""
