# shellcheck shell=bash
# Sourced by scripts that work in bare Debian 12 roots, as a machine that has never seen certferry. Needs root,
# debootstrap, and the network for packages; the way to the mirrors is the host's own.

# The first mirror the host uses for this release.
mirror() {
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Release: bookworm' 'Component: main' |
    grep --max-count=1 '/debian/*$' || echo http://deb.debian.org/debian
}

# make_bare_root FOLDER LOG PACKAGE,...: the smallest Debian there is, and these packages.
make_bare_root() {
  local root=$1 log=$2 packages=$3
  command -v debootstrap > /dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; return 1; }
  debootstrap --variant=minbase --include="$packages" bookworm "$root" "$(mirror)" > "$log" 2>&1 ||
    { tail -n 20 "$log" >&2; return 1; }
  copy_network_settings "$root"
}

# How this machine reaches the mirrors: their list, proxy and date settings of apt, name resolution, extra roots.
copy_network_settings() {
  local root=$1 file
  rm -f "$root/etc/apt/sources.list"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
    # Only Debian's own; the host's other sources are not part of a bare machine.
    if [[ -f $file ]] && grep -qE '/debian(-security)?/?( |$)' "$file"; then
      cp "$file" "$root${file}"
    fi
  done
  cp /usr/share/keyrings/debian-archive-* "$root/usr/share/keyrings/"
  apt-config dump | grep -E '^Acquire::(https?::|Check-)' > "$root/etc/apt/apt.conf.d/90host" || true
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
}

# inside ROOT USER COMMAND: in a mount and process namespace of its own, so that whatever is left running ends with it.
inside() {
  local root=$1 user=$2 command=$3
  # shellcheck disable=SC2016  # the inner shell expands these
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb CI=true ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    unshare --mount --pid --fork --kill-child bash -c '
      set -e
      # On a machine of its own the root is a mount, and what the tests mount there needs that.
      mount --bind "$1" "$1"
      mount -t proc proc "$1/proc"
      # A root that lies over this machine has an empty /dev; a bare one has its own.
      [[ -c $1/dev/null ]] || mount --rbind /dev "$1/dev"
      mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
      mount -t devpts -o ptmxmode=666 devpts "$1/dev/pts"
      # Not chroot, in which nobody may make the namespaces that the tests of a full disk need.
      cd "$1"
      pivot_root . .
      umount --lazy .
      exec su "$2" --shell /bin/bash --command "$3"' bash "$root" "$user" "$command" < /dev/null
}
