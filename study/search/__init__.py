"""Search and schedule: the only imports of Optuna and of Ray.

`storage` opens the Optuna study, which is the only truth about trials, and reads the records out of it; `proposals`
says what each trial is; `searcher` joins the two to Ray Tune; `worker` is what runs in Ray's processes; `schedule`
runs a whole study.
"""
