#!/bin/bash
# Tries the Slurm array of docs/clusters.md on this machine: munged, slurmctld and slurmd of its own, an array of eight that shares a study,
# one task told to stop (code 75, queued again) and one killed. Ends with 0 when every run was done once.
# Usage: try-slurm.sh NABLA [FOLDER], NABLA being the program and FOLDER an empty one that stays. As root, or as a user for whom Slurm's daemons may run.
set -euo pipefail

nabla=$(realpath "$1")
work=${2:-$(mktemp -d)}
mkdir -p "$work"
work=$(realpath "$work")
host=$(hostname -s)
user=$(id -un)
export SLURM_CONF=$work/slurm.conf
pids=()

finish() {
    code=$?
    if [ $code -ne 0 ]; then
        echo "--- what Slurm and the tasks said:" >&2
        tail -n 15 "$work"/*.log "$work"/task-*.txt >&2 || true
    fi
    # The tasks end before the daemons do, or nobody would be left to end them.
    scancel --user="$user" --quiet 2> /dev/null || true
    for _ in $(seq 100); do [ -n "$(squeue --noheader 2> /dev/null)" ] || break; sleep 0.2; done
    for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
    wait 2> /dev/null || true
    [ $# -gt 0 ] || [ -n "${keep:-}" ] || rm -rf "$work"
    exit $code
}
[ -n "${2:-}" ] && keep=yes
trap finish EXIT

fail() { echo "try-slurm: $*" >&2; exit 1; }
wait_for() { # seconds, what, command
    for _ in $(seq $(($1 * 5))); do if eval "$3" > /dev/null 2>&1; then return; fi; sleep 0.2; done
    fail "waited $1 s for $2"
}

# Three daemons that nobody else sees.
dd if=/dev/urandom of="$work/munge.key" bs=1024 count=1 2> /dev/null
chmod 600 "$work/munge.key"
mkdir -p "$work/state" "$work/spool" "$work/munge"
chmod 755 "$work" "$work/munge"
base=$((20000 + RANDOM % 20000))
cat > "$SLURM_CONF" <<CONF
ClusterName=nabla
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
SlurmctldPort=$base
SlurmdPort=$((base + 1))
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
ReturnToService=2
JobRequeue=1
KillWait=20
MpiDefault=none
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge/socket" --log-file="$work/munged.log" --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" > "$work/munged.out.log" 2>&1 &
pids+=($!)
wait_for 10 munged "[ -S $work/munge/socket ]"
slurmctld -D -i > "$work/slurmctld.out.log" 2>&1 &
pids+=($!)
slurmd -D -N "$host" > "$work/slurmd.out.log" 2>&1 &
pids+=($!)
wait_for 30 "an idle node" "sinfo --noheader --format=%T | grep -q idle"

# A study of sixteen short runs on a table.
awk 'BEGIN { srand(1); print "a,b,c,label"; for (i = 0; i < 600; i++) { a = rand(); b = rand(); c = rand(); print a "," b "," c "," (a + b > c + 0.5 ? "yes" : "no") } }' > "$work/rows.csv"
cat > "$work/study.json" <<STUDY
{ "recipe": "table", "data": "rows.csv", "combinations": [{ "training.epochs": ${EPOCHS:-150} }, { "training.epochs": ${EPOCHS:-150}, "training.batchSize": 16 }], "seeds": 8, "leaseSeconds": 5 }
STUDY
cat > "$work/array.sh" <<JOB
#!/bin/bash
#SBATCH --job-name=study
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
#SBATCH --signal=USR1@120
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=$work/task-%a.txt
srun $nabla sweep $work/study.json --out $work/study --threads 1 --checkpoint-every 1
code=\$?
echo "code \$code"
if [ \$code -eq 75 ]; then
    scontrol requeue \${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}
fi
exit \$code
JOB
job=$(sbatch --parsable "$work/array.sh")
echo "Array $job of eight"

wait_for 60 "task 2 to train" "grep -q taken: $work/task-2.txt"
wait_for 60 "task 5 to train" "grep -q taken: $work/task-5.txt"
# As before a limit: the process writes its checkpoint and asks to be queued again.
scancel --signal=USR1 "${job}_2"
# As an accident: no word, no checkpoint but the last.
victim=$(sed -n 's/.*"process":\([0-9]*\).*/\1/p' "$(grep -l "" "$work"/study/work/*/1.claim | while read -r claim; do run=$(basename "$(dirname "$claim")"); grep -q "Run $run taken" "$work/task-5.txt" && echo "$claim" && break; done)")
kill -KILL "$victim"
wait_for 60 "code 75" "grep -q 'code 75' $work/task-2.txt"
# Slurm holds a job that was queued again for two minutes. In the second in which it ended, slurmd refuses to start it again.
wait_for 60 "task 2 in the queue" "squeue --noheader --array --format='%K %T' | grep -qx '2 PENDING'"
sleep 2
wait_for 60 "its start" "scontrol update JobId=${job}_2 StartTime=now"
wait_for "${LIMIT:-300}" "the end of the array" "[ -z \"\$(squeue --noheader --name=study --user=$user)\" ]"

[ "$(grep -c '^Study: ' "$work/task-2.txt")" = 2 ] || fail "task 2 was not started again"
grep -q "by SLURM_ARRAY_TASK_ID" "$work/task-2.txt" || fail "the part was not taken from the environment"
grep -q "taken over" "$work"/task-*.txt || fail "nobody took the killed task's run over"
done=$(cat "$work"/task-*.txt | sed -n 's/^Run \([0-9]*\) done.*/\1/p' | sort)
[ "$done" = "$(seq -f %04g 16)" ] || fail "runs done: $(echo $done)"
"$nabla" study "$work/study" > "$work/report.txt"
grep -q "16 done" "$work/report.txt" || fail "$(head -n 1 "$work/report.txt")"
echo "All 16 runs were done once: one task told to stop and queued again, one killed."
