-- Run once, when PostgreSQL's volume is new: one database for Optuna, one for MLflow.
CREATE DATABASE optuna;
CREATE DATABASE mlflow;
