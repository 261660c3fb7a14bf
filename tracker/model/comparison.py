"""A comparison of models: the file that `tracker diagnose --compare` reads."""

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from tracker.model.fields import Model, Word

Function = Annotated[str, Field(min_length=1)]
"""`file.py:function`, relative to the folder of the file that names it."""


class ModelEntry(Model):
    """A model to compare: exactly one of `train`, `type` and `result`."""

    train: Function | None = None
    """Function (`file.py:function`) that takes the data, trains a model and returns it."""
    type: str | None = None
    """Class of XGBoost, LightGBM, CatBoost or scikit-learn, such as `xgboost.XGBRegressor`."""
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    """Parameters of the class."""
    result: str | None = None
    """Result file of a training that was watched before, relative to the folder of this file."""

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if sum(each is not None for each in (self.train, self.type, self.result)) != 1:
            raise ValueError("expected exactly one of train, type, result")
        if self.parameters and self.type is None:
            raise ValueError("expected `type` beside `parameters`")
        return self


class ComparisonSpec(Model):
    """The models to compare, and their data."""

    name: Word = "comparison"
    """Name of the result."""
    data: Function
    """Function (`file.py:function`) that returns x, y, x_val, y_val and, if known, feature_names."""
    metric: Word = "r2"
    """r2, rmse, mae, accuracy or log_loss."""
    models: Annotated[dict[str, ModelEntry], Field(min_length=1)]
    """The models by name."""
