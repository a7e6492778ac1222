#!/usr/bin/env bash
# A Slurm cluster of this one machine for tests: cluster.sh up|down FOLDER. Needs root on Debian, and installs slurmctld, slurmd,
# slurm-client and munge where they are missing. All of its files are in FOLDER; it listens on the loopback only.
set -euo pipefail
command=${1:?up or down} folder=${2:?a folder}
export SLURM_CONF=$folder/slurm.conf
ctld_port=${SLURM_TEST_PORT:-17817}

# Ends a daemon that this script started: the process of its pid file, if that still is it.
stop() {
  local file=$folder/$1.pid pid
  [ -f "$file" ] || return 0
  pid=$(cat "$file")
  if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]; then
    kill "$pid"
    for _ in $(seq 100); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
  fi
  rm -f "$file"
}

if [ "$command" = down ]; then
  for daemon in slurmd slurmctld munged; do stop "$daemon"; done
  exit 0
fi

if ! command -v sbatch slurmctld slurmd munged >/dev/null; then
  # 77: the packages cannot be had.
  apt-get update -qq || exit 77
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge >/dev/null || exit 77
fi

mkdir -p "$folder"/{state,spool,munge}
chmod 755 "$folder" "$folder"/*/
# A munge of its own, beside one that the system may have.
head -c 128 /dev/urandom > "$folder/munge/key"
chown -R munge:munge "$folder/munge"
chmod 400 "$folder/munge/key"
runuser -u munge -- munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
cp "$folder/munge/pid" "$folder/munged.pid"

host=$(hostname -s)
memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
cat > "$SLURM_CONF" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$ctld_port
SlurmdPort=$((ctld_port + 1))
SlurmUser=root
AuthType=auth/munge
# A requeued job waits until its credential has expired.
AuthInfo=socket=$folder/munge/socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,bf_interval=5
SlurmdParameters=config_overrides
ReturnToService=2
MinJobAge=3600
MaxArraySize=${SLURM_TEST_ARRAY:-1001}
KillWait=5
AccountingStorageType=accounting_storage/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=${SLURM_TEST_CPUS:-4} RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
slurmctld
slurmd -N "$host"
for _ in $(seq 300); do
  case $(timeout 5 sinfo --noheader --format=%T 2>/dev/null || true) in
    idle | mixed | allocated) exit 0 ;;
    down* | drain* | unknown*) scontrol update NodeName="$host" State=RESUME 2>/dev/null || true ;;
  esac
  sleep 0.2
done
echo 'The cluster did not come up:' >&2
tail -n 15 "$folder"/slurm*.log >&2
exit 1
