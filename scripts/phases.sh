# shellcheck shell=bash
# Sourced by scripts that work for minutes: runs one phase after another and says how long each took.
#
# phase WORDS COMMAND...   A person at a terminal sees the command's latest line; a log gets one line a phase.
#                          When the command fails, its output is shown and the script ends with status 1.

set -o pipefail  # a phase fails when its command does, not when the display does

phase() {
  local words=$1 started=$SECONDS log
  shift
  log=$(mktemp "${TMPDIR:-/tmp}/certferry-phase.XXXXXX")
  [[ -t 1 ]] || printf '%-48s' "$words ..."
  if ! "$@" < /dev/null 2>&1 | tee "$log" | show_latest_line "$words"; then
    printf '\n'
    tail -n 200 "$log" >&2
    echo "$words: failed after $((SECONDS - started)) s: $*" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  [[ ! -t 1 ]] || printf '\r\e[K%-48s' "$words ..."
  printf '%4d s\n' $((SECONDS - started))
}

# note_commit NAME: leaves in build/results/NAME.commit which tree the results of that name are of, for tools/reliability;
# nothing where git does not know.
note_commit() {
  local known
  rm -f "build/results/$1.commit"
  known=$(git rev-parse --short=12 HEAD 2> /dev/null) || return 0
  [[ -z $(git status --porcelain -- src cmake tests 2> /dev/null) ]] || known+=" with changes"
  mkdir -p build/results
  echo "$known" > "build/results/$1.commit"
}

show_latest_line() {
  local line
  if [[ ! -t 1 ]]; then
    cat > /dev/null
    return
  fi
  while IFS= read -r line; do
    printf '\r\e[K%-48s%s' "$1 ..." "${line:0:70}"
  done
}
