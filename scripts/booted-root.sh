# shellcheck shell=bash
# Sourced by scripts that want a root with a systemd of its own, in namespaces: nothing of this machine is started,
# stopped or set by it. Needs root.

# boot_inside ROOT SECONDS COMMAND: with systemd as the first process, runs COMMAND as a service once that is up. Its output
# is in ROOT/var/lib/booted/log afterwards. ROOT is changed, so it is to be a copy. Status 77: that cannot be done here.
boot_inside() {
  local root=$1 seconds=$2 command=$3 group turn
  # A control group of its own is all that systemd gets to see, and so all that it can tidy up.
  group=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET) && group+=/certferry-$$ &&
    mkdir "$group" 2> /dev/null || { echo "booted-root: there is no control group to be had here" >&2; return 77; }
  write_booted_unit "$root" "$command"
  timeout --signal=KILL "$seconds" bash -c 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"' bash "$group" \
    unshare --mount --pid --uts --ipc --cgroup --fork --kill-child bash -c "$(declare -f start_systemd); start_systemd $root" \
    < /dev/null || echo "booted-root: systemd ended with $?" >&2
  for ((turn = 0; turn < 50; turn++)); do
    # Those that ran in there may take a moment to go.
    ! find "$group" -depth -type d -exec rmdir {} + 2> /dev/null || break
    sleep 0.1
  done
}

write_booted_unit() {
  local root=$1 command=$2
  mkdir -p "$root/var/lib/booted"
  # What this machine starts by itself is not started: targets without wishes.
  rm -rf "$root"/{etc,usr/lib}/systemd/system/*.wants
  cat > "$root/etc/systemd/system/booted.service" <<UNIT
[Service]
Type=oneshot
ExecStart=/bin/bash -c '$command'
ExecStopPost=/bin/systemctl --no-block exit
StandardOutput=file:/var/lib/booted/log
StandardError=inherit
UNIT
}

# The first process of the namespaces becomes systemd. What belongs to the whole machine is read-only in there: /proc/sys, /sys.
# shellcheck disable=SC2317  # called by the shell that it is declared in
start_systemd() {
  set -e
  local root=$1 device
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
  mount -t tmpfs tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for device in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
    # shellcheck disable=SC2086  # two numbers
    mknod -m 666 "$root/dev/${device%%:*}" c $(tr : ' ' <<< "${device#*:}")
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ln -s pts/ptmx "$root/dev/ptmx"
  mkdir -p "$root/old"
  cd "$root"
  pivot_root . old
  umount --lazy /old
  # Credentials of a service come by a mount that has to spread.
  mount --make-rshared /
  exec env -i container=certferry PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system \
    --unit=booted.service --log-target=journal-or-kmsg --show-status=no
}
