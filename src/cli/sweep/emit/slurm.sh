#!/usr/bin/env bash
# shellcheck disable=SC2016 # A name may have a dollar in it.
# Sweep __NAME__, __SIZE__: __SHARDS__ tasks of a Slurm array, and a job that merges them when all are done.
#
#     bash FILE [OPTIONS OF SBATCH]
#
# hands in both, from the folder to which paths are relative; the environment's IR3SIM is the program if it is not in PATH.
# What is finished is kept: handed in again, it goes on from there.
#SBATCH --job-name=ir3sim-__NAME__
#SBATCH --array=0-__LAST__
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=__JOBS__
#SBATCH --mem-per-cpu=__MEMORY__
#SBATCH --time=__TIME__
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%A_%a.log
set -euo pipefail

# Runs a shard, and again if a signal has ended it. Whatever else fails would fail again.
shard() {
    local code try
    for try in 1 2 3; do
        code=0
        "${IR3SIM:-ir3sim}" sweep run __DESIGN__ --out __OUT__ \
            --shard "$SLURM_ARRAY_TASK_ID/__SHARDS__" --jobs "$SLURM_CPUS_PER_TASK" || code=$?
        if ((code < 128)); then break; fi
        echo "shard $SLURM_ARRAY_TASK_ID: try $try of 3 was ended by a signal, with exit code $code" >&2
    done
    return "$code"
}

# Hands in the merge of an array, which never starts if a shard fails.
merge() {
    sbatch --parsable --dependency="afterok:$1" --kill-on-invalid-dep=yes "${@:2}" <<'MERGE'
#!/usr/bin/env bash
#SBATCH --job-name=ir3sim-__NAME__-merge
#SBATCH --ntasks=1
#SBATCH --mem=__MERGE_MEMORY__
#SBATCH --time=__MERGE_TIME__
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log
exec "${IR3SIM:-ir3sim}" sweep merge __OUT__
MERGE
}

if [[ -z ${SLURM_ARRAY_TASK_ID-} ]]; then
    # What is wrong with the sweep is told now, and not when its turn comes.
    "${IR3SIM:-ir3sim}" sweep plan __DESIGN__
    array=$(sbatch --parsable "$@" "$0" shard)
    merge=$(merge "${array%%;*}" "$@")
    echo "handed in: array ${array%%;*}, and its merge ${merge%%;*}"
else
    # Of an array that was handed in by `sbatch FILE`, the first task hands in the merge, once.
    if [[ ${1-} != shard && $SLURM_ARRAY_TASK_ID == "${SLURM_ARRAY_TASK_MIN-}" && ${SLURM_RESTART_COUNT:-0} == 0 ]]; then
        merge "$SLURM_ARRAY_JOB_ID" || echo 'the merge is left to you' >&2
    fi
    shard
fi
