#!/bin/sh
# certdesk-deploy: installs certificates and keys for Certdesk, all files of a deployment or none.
#
# As this file it is the sudo helper: it touches only the files, and runs only the commands, that the root-owned
# /etc/certdesk-deploy.conf lists. Certdesk sends the same text, with restricted=no, to hosts that it logs in to as root.
#
#   certdesk-deploy VERB     reads a request from standard input: a word, a tab and values per line; `end` is the last line
#   certdesk-deploy gate     for authorized_keys: allows SFTP and `sudo -n certdesk-deploy VERB`, nothing else
#
# For Linux with GNU or BusyBox tools. Each run has a folder that records every step before it is taken. So a request can be
# repeated after any interruption, and finishes or puts back what it had begun.
# shellcheck disable=SC2030,SC2031,SC2154 # requests are read in subshells; `self` and SUDO_GID come from outside
restricted=yes
version=2
config=/etc/certdesk-deploy.conf
helper=/usr/local/sbin/certdesk-deploy

set -u
umask 077
unset ENV BASH_ENV CDPATH
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
tab='	'
newline='
'
me=$(id -u)
held=''

# fail REASON PATH MESSAGE [FIX]
fail() {
  printf 'fail\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4-}"
  exit 3
}

# reason_of MESSAGE: why a tool failed.
reason_of() {
  case $1 in
    *Read-only*) echo read-only ;;
    *'No space'* | *quota*) echo no-space ;;
    *ermission* | *permitted*) echo no-permission ;;
    *) if [ "$(stat -f -c %a .)" = 0 ]; then echo no-space; else echo failed; fi ;;
  esac
}

# All values of a word of the request, one per line; the first one.
lines() {
  left=$newline$request
  while :; do
    case $left in *"$newline$1$tab"*) left=${left#*"$newline$1$tab"} ;; *) return 0 ;; esac
    printf '%s\n' "${left%%"$newline"*}"
  done
}
value() {
  left=$newline$request
  case $left in *"$newline$1$tab"*) left=${left#*"$newline$1$tab"} && printf '%s\n' "${left%%"$newline"*}" ;; esac
}

# Sets hash_found; empty if the file cannot be read. (A process costs more than all that it does here: results are variables.)
find_hash() { hash_found=$(sha256sum 2>/dev/null <"$1") && hash_found=${hash_found%% *}; }
has_hash() { [ -f "$1" ] && find_hash "$1" && [ "$hash_found" = "$2" ]; }
flush() { sync "$@" 2>/dev/null || sync; }
nap() { sleep "$1" 2>/dev/null || sleep 1; }

# Runs a command as the user who called sudo, so that root reads nothing on that user's behalf.
as_caller() {
  if [ $restricted = no ] || [ "${SUDO_UID:-0}" = 0 ]; then
    "$@"
  elif setpriv --version 2>/dev/null | grep -q util-linux; then
    setpriv --reuid "$SUDO_UID" --regid "$SUDO_GID" --clear-groups "$@"
  else
    sudo -n -u "#$SUDO_UID" -- "$@"
  fi
}

# --- Paths -----------------------------------------------------------------------------------------------------------

# is_safe FOLDER: only root and this user can change what FOLDER contains, and which folder its path leads to.
is_safe() {
  place=$1 child=$1
  while :; do
    # shellcheck disable=SC2046 # three words
    set -- $(stat -c '%u %a' "$place") $(stat -c %u "$child")
    case ${1-} in 0 | "$me") ;; *) return 1 ;; esac
    if [ $((0$2 & 022)) != 0 ]; then
      # In a sticky folder such as /tmp, nobody else can replace a folder of root or of this user.
      [ "$place" != "$child" ] && [ $((0$2 & 01000)) != 0 ] || return 1
      case $3 in 0 | "$me") ;; *) return 1 ;; esac
    fi
    [ "$place" = / ] && return 0
    child=$place place=${place%/*}
    place=${place:-/}
  done
}

# resolve PATH: follows its links, and sets real, folder, base and linked.
resolve() {
  case $1 in
    *[[:cntrl:]]* | [!/]* | */ | *//* | */./* | */../* | */. | */.. | '')
      fail invalid "$1" 'The path is not absolute, or it contains control characters, "//", "." or ".."'
      ;;
  esac
  real='' rest=$1 linked=no links=0
  while [ -n "$rest" ]; do
    part=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    case $part in
      '' | .) continue ;;
      ..) real=${real%/*} && continue ;;
    esac
    refuse_live "$1" "$real/$part"
    if [ -L "$real/$part" ]; then
      links=$((links + 1)) linked=yes
      [ $links -le 40 ] || fail unsafe-link "$1" 'The links form a loop'
      is_safe "${real:-/}" ||
        fail unsafe-link "$1" "The link $real/$part is in a folder that others can write to" "chmod go-w '${real:-/}'"
      to=$(readlink "$real/$part")
      rest=$to${rest:+/$rest}
      case $to in /*) real='' ;; esac
    else
      real=$real/$part
    fi
  done
  folder=${real%/*} base=${real##*/}
  folder=${folder:-/}
}

refuse_live() {
  case $2 in */live/*) ;; *) return 0 ;; esac
  if [ -d "${2%%/live/*}/archive" ] && [ -d "${2%%/live/*}/renewal" ]; then
    fail certbot-live "$1" "$2 belongs to certbot, which renews it too. Use a path outside of certbot's folder"
  fi
}

# use_path PATH: resolves a path of a request and refuses what cannot be a target.
use_path() {
  if [ $restricted = yes ] && ! is_listed "path $1" && ! is_listed "folder ${1%/*}"; then
    fail not-listed "$1" "$config does not list this path" "path $1"
  fi
  resolve "$1"
  [ -d "$folder" ] || fail folder-missing "$1" "The folder $folder is missing" "mkdir -p '$folder'"
  if [ $restricted = yes ] && ! is_safe "$folder"; then
    fail unsafe-folder "$1" "Others than root can write to $folder or to a folder above it" "chown root '$folder'; chmod go-w '$folder'"
  fi
  [ ! -d "$real" ] || fail is-a-folder "$1" 'The path is a folder'
  [ ! -e "$real" ] || [ -f "$real" ] || fail not-a-file "$1" 'The path is not a regular file'
}

# is_listed LINE: the configuration has this line, and only root can have written it.
is_listed() {
  if [ ! -f $config ] || [ -L $config ] || ! is_safe ${config%/*} || [ "$(stat -c %u $config)" != 0 ] ||
    [ $((0$(stat -c %a $config) & 022)) != 0 ]; then
    fail not-listed $config "$config is missing, or others than root can write to it"
  fi
  grep -Fxq -e "$1" $config
}

# enter FOLDER: from here on, relative names are used, which nobody can redirect.
enter() { cd -P "$1" 2>/dev/null && [ "$PWD" = "$1" ]; }

# Creates and enters a folder for the temporary next to a target. Nobody else can reach into it.
enter_temporary() {
  enter "$folder" && failure=$(mkdir "$temporary" 2>&1) && enter "${folder%/}/$temporary" &&
    [ "$(stat -c '%u %a' .)" = "$me 700" ]
}

# --- Runs ------------------------------------------------------------------------------------------------------------

check_id() {
  case $1 in
    '' | [!A-Za-z0-9]* | *[!A-Za-z0-9_-]* | ?????????????????????????????????????????????????????????????????*)
      fail invalid "$1" 'An id has up to 64 letters, digits, - and _'
      ;;
  esac
}

# Sets state to the folder of all runs.
open_state() {
  if [ "$me" = 0 ]; then default=/var/lib/certdesk-deploy; else default=${HOME:?}/.certdesk-deploy/state; fi
  # A caller of the helper must not reach the runs of others, such as those of a root login.
  if [ $restricted = yes ]; then state=$default-sudo/${SUDO_UID:?}; else state=${state:-$default}; fi
  [ -d "$state" ] || error=$(mkdir -p "$state" 2>&1) ||
    fail "$(reason_of "$error")" "$state" "Cannot create the folder of runs: $error"
  cd -P "$state" 2>/dev/null && state=$PWD && cd /
  case $(stat -c '%u %a' "$state") in
    "$me 700") ;;
    "$me "*) chmod 700 "$state" ;;
    *) false ;;
  esac || fail unsafe-folder "$state" 'The folder of runs belongs to another user'
}

# identity PID: the pid, its start time and the boot. A pid alone may mean another process later.
identity() {
  pid=$1
  { read -r stat <"/proc/$1/stat" && read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # the fields after the name
  set -- ${stat##*) }
  [ "$1" != Z ] && echo "$pid.${20}.$boot"
}

# lock/ has one file, whose name is the identity of the process that may change runs and the files of deployments, or
# `free`. Renaming it takes the lock: of several processes only one can, also if the last holder was killed.
is_locked() {
  for holder in "$state"/lock/*; do holder=${holder##*/}; done
  [ "$(identity "${holder%%.*}")" = "$holder" ]
}
pass_lock() { mv "$state/lock/$1" "$state/lock/$2" 2>/dev/null; }

# Waits until no other request is at work. The script of a lost connection may still be.
lock() {
  held=$(identity $$) || fail failed /proc '/proc is not mounted'
  while is_locked || ! pass_lock "$holder" "$held"; do
    if [ "$holder" = '*' ]; then # it is missing
      error=$({ mkdir -p "$state/.lock.$$" && : >"$state/.lock.$$/free"; } 2>&1) ||
        fail "$(reason_of "$error")" "$state" "Cannot write to $state: ${error##*: }"
      mv -T "$state/.lock.$$" "$state/lock" 2>/dev/null || rm -rf "$state/.lock.$$" # another was faster
    else
      [ -w "$state/lock" ] || fail read-only "$state" "The file system of $state is read-only"
      nap 0.1
    fi
  done
}
unlock() { [ -z "$held" ] || pass_lock "$held" free; }

# find_run ID: sets run to its folder, which may be missing.
find_run() {
  check_id "$1"
  for run in "$state"/*/"$1"; do [ ! -d "$run" ] || break; done
}

# record NAME VALUE: writes a file of the run, never half of it.
record() { printf '%s\n' "$2" >"$run/.$1" && flush "$run/.$1" && mv -f "$run/.$1" "$run/$1" && flush "$run"; }
recorded() { [ -f "$run/$1" ] && cat "$run/$1"; }

# enter_phase NAME: appends to the history of the run, before what it names begins. A run without one is being staged.
enter_phase() { echo "$1" >>"$run/phases" && flush "$run/phases"; }

# Sets phase to the last whole line of the history.
read_phase() {
  phase=staging
  [ ! -f "$run/phases" ] || while read -r line; do phase=$line; done <"$run/phases"
}
is_phase() {
  read_phase
  case " $1 " in *" $phase "*) ;; *) return 1 ;; esac
}

# each_file COMMAND: for every line of the plan, with its fields as variables.
each_file() {
  while IFS=$tab read -r index replace owner group mode hash old folder base <&3; do
    real=${folder%/}/$base temporary=.certdesk-${run##*/}.$index
    "$1" || return 1
  done 3<"$run/plan"
}

drop_temporary() { ! enter "$folder" || [ ! -e "./$temporary" ] || rm -rf "./$temporary"; }

discard_run() {
  [ ! -f "$run/plan" ] || each_file drop_temporary
  rm -rf "$run"
}

# --- Stage -----------------------------------------------------------------------------------------------------------

# copy_attributes FROM TO: owner, mode, ACL and SELinux label, as far as this host's tools can.
copy_attributes() {
  if ! cp --attributes-only --preserve=all --no-preserve=timestamps "$1" "$2" 2>/dev/null; then
    chown "$(stat -c %u:%g "$1")" "$2" 2>/dev/null
    chmod "$(stat -c %a "$1")" "$2"
    ! command -v setfacl >/dev/null || getfacl -c "$1" 2>/dev/null | setfacl --set-file=- "$2" 2>/dev/null
  fi
  return 0
}

# copy_file FROM TO: with all attributes. A link is not followed, so that nobody can have another file copied.
copy_file() {
  { cp -P --preserve=all "$1" "$2" 2>/dev/null || { cp -Pp "$1" "$2" && copy_attributes "$1" "$2"; }; } &&
    [ -f "$2" ] && [ ! -L "$2" ]
}

# give_attributes FILE OLD: owner, group and mode of the request, otherwise those of OLD.
give_attributes() {
  [ -z "$2" ] || copy_attributes "$2" "$1"
  # shellcheck disable=SC2046 # two words for each file
  set -- "$1" "$2" $(stat -c '%u:%g %a' "$1" "${2:-$1}")
  want=$5
  [ "$owner" = - ] || want=$owner:${want#*:}
  [ "$group" = - ] || want=${want%:*}:$group
  if [ "$want" != "$3" ] && ! error=$(chown "$want" "$1" 2>&1); then
    case $error in
      *nvalid* | *unknown*) fail owner-unknown "$path" "The host has no such user or group: $want" ;;
      *) fail owner-not-permitted "$path" "$(id -un) may not give the file to $want" ;;
    esac
  fi
  if [ "${mode#+}" = "$mode" ] || [ -z "$2" ]; then
    chmod "${mode#+}" "$1"
  elif [ $((0$4 & 07111)) != 0 ]; then
    chmod a-xst "$1" # it is data, whatever it replaces
  fi
}

# check_file LINE: reads a file of the request (index, rename or in-place, owner, group, mode, hash, path) and checks it.
check_file() {
  IFS=$tab read -r index replace owner group mode hash path <<END
$1
END
  case $owner$group in *[!A-Za-z0-9_.@-]*) fail owner-unknown "$path" 'This is no name of a user or group' ;; esac
  case $index/$replace/$mode/$hash in *[!0-9a-z/+-]*) fail invalid "$path" 'The request is damaged' ;; esac
  case ${mode#+} in 0[0246][0246][0246]) ;; *) fail invalid "$path" 'The mode must be octal, without execute bits' ;; esac
  use_path "$path"
  old=-
  if [ -f "$real" ]; then
    find_hash "$real"
    old=$hash_found
    [ -n "$old" ] || fail no-permission "$path" "$(id -un) may not read $real"
  fi
  [ "$replace" = rename ] && return
  [ -f "$real" ] || fail missing "$path" 'Only an existing file can be replaced in place'
  [ -w "$real" ] || fail no-permission "$path" "$(id -un) may not write to $real"
  [ "$me" != 0 ] || is_safe "$folder" ||
    fail unsafe-folder "$path" "Others can write to $folder, so that a file in it cannot be replaced in place safely"
}

stage_file() {
  check_file "$1"
  temporary=.certdesk-${run##*/}.$index previous='' new=new
  printf '%s\t' "$index" "$replace" "$owner" "$group" "$mode" "$hash" "$old" "$folder" >>"$run/plan"
  printf '%s\n' "$base" >>"$run/plan"
  if [ "$replace" = in-place ]; then
    cd "$run" && new=new.$index
  else
    enter_temporary || fail "$(reason_of "$failure")" "$path" "$(id -un) cannot write to $folder: ${failure##*: }"
    [ "$old" = - ] || previous=../$base
  fi
  error=$({ as_caller head -c 4194304 "$uploads/$index" >"./$new"; } 2>&1) ||
    fail "$(reason_of "$error")" "$path" "Cannot write the new file: ${error##*: }"
  has_hash "$new" "$hash" || fail hash-mismatch "$path" 'The uploaded file is not complete'
  [ "$replace" = in-place ] || give_attributes "$new" "$previous"
  printf 'staged\t%s\t%s\t%s\n' "$path" "$real" "$old"
}

flush_new() { if [ "$replace" = in-place ]; then flush "$run/new.$index"; else flush "${folder%/}/$temporary/new"; fi; }

do_stage() {
  id=$(value run) deployment=$(value deployment) uploads=$(value uploads)
  check_id "$id"
  check_id "$deployment"
  trap 'as_caller rm -rf "$uploads" 2>/dev/null' EXIT
  trap 'exit 4' HUP INT TERM PIPE
  lock
  as_caller test -d "$uploads" || fail interrupted "$id" 'A newer attempt has removed the uploaded files of this one'
  # What earlier attempts have uploaded. If one of them still runs, it finds nothing and ends. A newer one is left alone.
  as_caller ls "${uploads%/*}" 2>/dev/null | while IFS= read -r each; do
    case $each in "$deployment".*) ;; *) continue ;; esac
    [ "${each##*.}" -ge "${uploads##*.}" ] 2>/dev/null || as_caller rm -rf "${uploads%/*}/$each"
  done
  find_run "$id"
  if [ -d "$run" ] && ! is_phase 'staging staged'; then echo begun && return; fi
  # What an earlier run has staged and not used, and what this one has.
  for run in "$state/$deployment"/*; do [ ! -d "$run" ] || ! is_phase 'staging staged' || discard_run; done
  run=$state/$deployment/$id
  trap 'is_phase staged || discard_run; as_caller rm -rf "$uploads" 2>/dev/null' EXIT
  error=$({ mkdir -p "$run" && : >"$run/plan"; } 2>&1) ||
    fail "$(reason_of "$error")" "$run" "Cannot write to $state: ${error##*: }"
  lines file | while IFS= read -r line; do stage_file "$line"; done || exit
  each_file flush_new
  flush "$run/plan"
  as_caller rm -rf "$uploads"
  flush "$run" && enter_phase staged && trap - EXIT
}

# --- Swap ------------------------------------------------------------------------------------------------------------

# Keeps the current file, before anything changes.
keep_file() {
  [ "$old" = - ] || [ -f "$run/old.$index" ] && return
  enter "$folder" && copy_file "./$base" "$run/keeping" && mv -f "$run/keeping" "$run/old.$index"
}

flush_kept() {
  for kept in "$run"/old.*; do [ ! -f "$kept" ] || { flush "$run" "$run"/old.* && return; }; done
  return 0
}
flush_folder() { [ "$folder" = "$flushed" ] || { flush "$folder" && flushed=$folder; }; }

# write_in_place FILE: the inode stays, which a container sees through a bind mount.
write_in_place() { { [ "$me" != 0 ] || is_safe "$folder"; } && cat "$1" >"$real" && flush "$real"; }

install_file() {
  if [ "$replace" = in-place ]; then
    write_in_place "$run/new.$index" || return 1
    path=$real
    (give_attributes "$real" "$real") >/dev/null || return 1
  elif enter "$folder" && [ -f "$temporary/new" ]; then
    mv -fT "./$temporary/new" "./$base" && rmdir "./$temporary"
    [ "$old" != - ] || ! command -v restorecon >/dev/null || restorecon "$real"
  fi
  has_hash "$real" "$hash" # also after a repetition, which finds nothing to install
}

restore_file() {
  drop_temporary
  if [ "$old" = - ]; then
    has_hash "$real" "$hash" || return 0
    enter "$folder" && rm -f "./$base" && flush .
  elif [ ! -f "$run/old.$index" ]; then
    has_hash "$real" "$old" # it was not replaced yet
  elif [ "$replace" = in-place ]; then
    write_in_place "$run/old.$index" && copy_attributes "$run/old.$index" "$real"
  else
    enter_temporary && copy_file "$run/old.$index" ./new && flush ./new && cd .. &&
      mv -fT "./$temporary/new" "./$base" && rmdir "./$temporary" && flush .
  fi
}

check_listed() {
  is_listed "command $1" || fail not-listed "$1" "$config does not list this command" "command $1"
}

# check_step NAME: refuses a command that the helper's list does not have. No command is fine.
check_step() {
  IFS=$tab read -r seconds kind text <<END
$(value "$1")
END
  case $seconds in '' | later) return 0 ;; *[!0-9]*) fail invalid '' 'The time-out must be a number' ;; esac
  if [ "$kind" = line ]; then
    [ $restricted = no ] || check_listed "$text"
  else
    [ $restricted = no ] || fail not-listed '' 'The helper runs listed commands only. Save the script on the host, and list it'
    text=$(printf %s "$text" | base64 -d)
  fi
}

# The names and paths that a command is given. A caller of the helper must not set PATH and the like, or make a command
# that runs as root read other files.
export_environment() {
  while IFS=$tab read -r name setting; do
    case $name in *[!A-Z_]*) continue ;; esac
    case $name in
      CERTDESK_CERTIFICATE | CERTDESK_CHAIN | CERTDESK_FULLCHAIN | CERTDESK_PRIVKEY)
        is_listed "path $setting" || is_listed "folder ${setting%/*}" || continue
        case $setting in */../* | */..) continue ;; esac
        ;;
      CERTDESK_* | RENEWED_DOMAINS) case $setting in *[!A-Za-z0-9\ .*:_-]*) continue ;; esac ;;
      *) continue ;;
    esac
    export "$name=$setting"
  done <<END
$(lines env)
END
}

# Writes standard input to a file as it arrives, until it has more than 64 KiB, and drops the rest.
collect() {
  size=0 && : >"$run/output"
  while [ "$size" -le 65536 ]; do
    dd bs=65537 count=1 >>"$run/output" 2>/dev/null
    last=$size size=$(stat -c %s "$run/output")
    [ "$size" != "$last" ] || return 0
  done
  cat >/dev/null
}

# The exit code of a step, in all runs of the request, as soon as its command has ended: a repetition does not run it again.
# The file is of this process: a command that a killed one has left behind may still end.
record_code() { echo "$code" >"$run/code.$1.$$"; }

# run_step NAME RECORD: runs a command of the request in its own session, for at most its time.
run_step() {
  check_step "$1"
  code='' timed_out=no
  for past in "$run/code.$2".*; do [ ! -s "$past" ] || read -r code <"$past"; done
  [ -n "$code" ] || start_step "$2"
  grep -qs "^step$tab$2$tab" "$run/steps" ||
    printf 'step\t%s\t%s\t%s\t%s\n' "$2" "$code" $timed_out "$(base64 <"$run/output" | tr -d '\n')" >>"$run/steps"
  rm -f "$run/pipe" "$run/output" "$run/step"
  [ $timed_out = no ] && [ "$code" = 0 ]
}

start_step() {
  end_step
  rm -f "$run/pipe"
  mkfifo "$run/pipe"
  collect <"$run/pipe" >/dev/null 2>&1 &
  reader=$!
  (
    export_environment
    # The text comes through a pipe, so that no list of processes shows it.
    # shellcheck disable=SC2016 # expanded by the inner shell
    printf %s "$text" | setsid sh -c 'echo $$ >"$1" && text=$(cat) && exec </dev/null && cd / && eval "$text"' step "$run/step"
    code=$? && for_runs record_code "$1"
  ) >"$run/pipe" 2>&1 3<&- 4<&- &
  until=$(($(date +%s) + seconds)) wait=0.02
  until [ -s "$run/code.$1.$$" ]; do
    nap $wait
    now=$(date +%s)
    if [ "$now" -gt "$until" ]; then timed_out=yes && end_step && break; fi
    if [ "$now" -gt $((until - seconds)) ]; then wait=0.2; elif [ $wait = 0.02 ]; then wait=0.05; else wait=0.1; fi
  done
  # A process that the command left in the background may hold the pipe open. Its output is not waited for.
  for _ in 1 2 3 4 5; do [ -n "$(identity $reader)" ] && nap 0.02; done
  kill $reader 2>/dev/null
  code=$(recorded "code.$1.$$")
  code=${code:-124}
}

# Ends a command that took too long, or that a killed run left behind.
end_step() {
  step=$(recorded step)
  case $step in '' | *[!0-9]*) return 0 ;; esac
  kill -s TERM -- "-$step" 2>/dev/null || return 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do ! kill -s 0 -- "-$step" 2>/dev/null || nap 0.2; done
  kill -s KILL -- "-$step" 2>/dev/null || return 0
}

# Only after the end is recorded, so that no command runs twice.
forget_steps() { rm -f "$run"/code.* "$run/steps" "$run/reload-again"; }

# finish STATE ERROR: for all runs of the request. The result is there last.
finish() {
  steps=$(recorded steps)
  for each in $runs; do
    find_run "$each"
    each_file drop_temporary
    [ "$1" = swapped ] || [ "$1" = rollback-failed ] || rm -f "$run"/old.*
    rm -f "$run"/new.* "$run"/keeping
    owed=no && [ ! -f "$run/owed" ] || owed=yes
    record result "result$tab$1$tab$owed$tab$2
$steps"
    enter_phase "$1"
    forget_steps
    [ "$1" = swapped ] && [ $owed = no ] && prune
  done
}

# Only the generation that this run replaced stays.
prune() {
  kept=$run
  for run in "${kept%/*}"/*; do [ "$run" = "$kept" ] || [ ! -f "$run/result" ] || rm -rf "$run"; done
  run=$kept
}

# for_runs COMMAND: for every run of the request. The first has their steps.
for_runs() {
  for each in $runs; do find_run "$each" && "$@" || return 1; done
  run=$first
}
drop() { rm -f "$run/$1"; }

install_run() {
  ! is_phase staged || enter_phase keeping
  if is_phase keeping; then each_file keep_file && flush_kept && enter_phase kept || return 1; fi
  is_phase kept || return 0
  [ -z "$(value reload)" ] || record owed yes
  flushed=''
  each_file install_file && each_file flush_folder && enter_phase installed
}

restore_run() { is_phase restored || { each_file restore_file && enter_phase restored; }; }

# put_back ERROR: restores everything, in all runs of the request.
put_back() {
  for_runs record error "$1"
  for_runs enter_phase restoring
  finish_put_back
}

finish_put_back() {
  error=$(recorded error)
  if ! for_runs restore_run; then
    run=$first
    finish rollback-failed "${error:+$error. }The previous files could not all be restored. They are in $run"
    return
  fi
  # Unless the service has been asked to load the new files, it has the previous ones.
  if [ ! -f "$run/reload-again" ] || run_step reload reload-after-rollback; then
    for_runs drop owed
  else
    for_runs record owed yes
    error="${error:+$error. }The reload with the previous files failed too"
  fi
  finish rolled-back "$error"
}

# do_work VERB: the work on the runs of a request, in a process of its own. It begins where an interrupted one ended.
do_work() {
  lock
  open_runs
  ! is_done "$1" || return 0
  ! is_phase 'swapped rollback-failed' || for_runs forget_steps
  reload=$(value reload)
  if is_phase 'restoring restored'; then
    finish_put_back
  elif [ "$(value back)" = yes ]; then
    [ -z "$reload" ] || ! is_phase 'swapped reloading rollback-failed' || record reload-again yes
    put_back ''
  elif ! for_runs install_run; then
    run=$first
    put_back 'The new files could not all be installed'
  elif is_phase installed && [ -n "$(value validate)" ] && ! run_step validate validate; then
    put_back 'The configuration is not valid with the new files'
  elif [ -z "$reload" ] || [ "$reload" = later ]; then
    finish swapped ''
  else
    for_runs enter_phase reloading
    record reload-again yes
    if run_step reload reload; then
      for_runs drop owed
      finish swapped ''
    else
      put_back 'The service could not reload with the new files'
    fi
  fi
}

# is_done VERB: the first run has nothing left to do for this request.
is_done() {
  case $1 in
    swap) is_phase 'swapped rolled-back rollback-failed' ;;
    reload) is_phase rolled-back || { is_phase swapped && [ ! -f "$run/owed" ]; } ;;
    *) is_phase rolled-back ;;
  esac
}

open_runs() {
  runs=$(lines run)
  printf '%s\n' "$runs" | while IFS= read -r each; do check_id "$each"; done || exit
  for each in $runs; do
    find_run "$each"
    if [ ! -d "$run" ] || is_phase staging; then fail missing "$each" 'The host has not staged this run'; fi
  done
  find_run "$(value run)"
  first=$run
}

is_new() { has_hash "$real" "$hash"; }
print_result() { printf 'run\t%s\n' "${run##*/}" && cat "$run/result"; }

# swap, reload and roll-back: start the worker, which continues without this connection, and wait for it.
do_swap() {
  open_runs
  (check_step validate && check_step reload) || exit
  while is_locked; do nap 0.1; done
  if ! is_done "$verb"; then
    if [ "$verb" = roll-back ] && is_phase swapped && ! each_file is_new; then
      fail changed "$real" "$real has changed since, so nothing was restored"
    fi
    if [ $restricted = yes ]; then set -- "$helper"; else set -- -c "$restart" "$helper" "$self"; fi
    printf '%s\n' "$request" | setsid sh "$@" work "$verb" >/dev/null 2>&1 4<&- &
    wait $!
    is_done "$verb" || fail interrupted "${run##*/}" 'The work on the host ended before its time'
  fi
  for_runs print_result
}

do_outcome() {
  find_run "$(value run)"
  if [ ! -d "$run" ] || is_phase staging; then
    echo none
  elif is_phase staged; then
    echo staged
  elif is_phase 'swapped rolled-back rollback-failed'; then
    echo finished && print_result
  elif is_locked; then
    echo running
  else
    printf 'interrupted\t%s\t%s\n' "$phase" "$([ -f "$run/owed" ] && echo yes)"
  fi
}

# --- Other requests --------------------------------------------------------------------------------------------------

do_discard() {
  check_id "$(value run)"
  lock
  find_run "$(value run)"
  if [ -d "$run" ] && is_phase 'staging staged'; then discard_run; fi
}

do_stat() {
  lines path | while IFS= read -r path; do
    use_path "$path"
    if [ -f "$real" ]; then
      find_hash "$real" || fail no-permission "$path" "$(id -un) may not read $real"
      printf 'file\t%s\t%s\t%s\t%s\n' "$real" $linked "$hash_found" "$(stat -c "%U$tab%G$tab%a$tab%s" "$real")"
    else
      echo missing
    fi
  done
}

do_read() {
  path=$(value path)
  use_path "$path"
  [ -f "$real" ] || fail missing "$path" 'There is no such file'
  [ "$(stat -c %s "$real")" -le "$(value limit)" ] || fail too-large "$path" 'The file is too large'
  content=$(base64 <"$real" 2>/dev/null) || fail no-permission "$path" "$(id -un) may not read $real"
  printf 'content\t%s\n' "$(printf %s "$content" | tr -d '\n')"
}

do_remove() {
  lines path | while IFS= read -r path; do
    case $path in /*) [ -d "${path%/*}/" ] || continue ;; esac
    use_path "$path"
    [ -f "$real" ] || continue
    error=$(enter "$folder" && rm -f "./$base" 2>&1) ||
      fail "$(reason_of "$error")" "$path" "Cannot remove $real: ${error##*: }"
  done
}

do_purge() {
  check_id "$(value deployment)"
  lock
  rm -f "$state/$(value deployment)"/*/old.*
}

# A command outside of a swap, as root.
do_run() {
  check_id "$(value run)"
  run=$state/commands/$(value run)
  mkdir -p "$run" && trap 'end_step; rm -rf "$run"' EXIT
  runs=${run##*/} first=$run
  trap 'exit 4' HUP INT TERM PIPE
  run_step command command
  cat "$run/steps"
}

do_end() {
  find_run "$(value run)"
  end_step
}

# can USER -x|-r PATH: also true if this host has no tool to find out.
can() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  set -- "$1" "$3" "test $2"' "$0" || echo no'
  if setpriv --version 2>/dev/null | grep -q util-linux; then
    said=$(setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups sh -c "$3" "$2" 2>/dev/null)
  else
    said=$(su -s /bin/sh -c "$3" "$1" "$2" 2>/dev/null)
  fi
  [ "$said" != no ]
}

check_entry() {
  can "$1" -x "$folder" ||
    fail no-permission "$path" "$1 cannot enter $folder, so it cannot read the file" "setfacl -m u:$1:x '$folder'"
}

# Whether the users for whom a file is, its owner and the one of its group's name, will be able to read it.
check_readers() {
  future=${mode#+} asked=$owner$group${mode%%0*}
  if [ -f "$real" ]; then
    [ "$owner" != - ] || owner=$(stat -c %U "$real")
    [ "$group" != - ] || group=$(stat -c %G "$real")
    case $mode in +*) future=$(stat -c %a "$real") ;; esac
  fi
  for reader in "$owner" "$group"; do
    case $reader in - | root | "$(id -un)" | *[!A-Za-z0-9_.-]*) continue ;; esac
    id "$reader" >/dev/null 2>&1 || continue
    check_entry "$reader"
    [ "$reader" = "$owner" ] || [ $((0$future & 040)) != 0 ] ||
      fail no-permission "$path" "The group $group cannot read the file, whose mode will be $future" 'Set the mode 0640'
  done
  lines reader | while IFS=$tab read -r of reader; do [ "$of" != "$index" ] || check_service "$reader"; done || exit
}

# check_service USER: whether the service will be able to read the file.
check_service() {
  id "$1" >/dev/null 2>&1 || return 0 # it runs as another user here
  check_entry "$1"
  # An ACL is kept too.
  if [ -f "$real" ] && [ "$asked" = --+ ] && can "$1" -r "$real"; then return 0; fi
  [ "$owner" != - ] || owner=$(id -un)
  [ "$group" != - ] || group=$(id -gn)
  if [ "$(id -u "$owner")" = "$(id -u "$1")" ]; then
    bits=0400
  else
    case " $(id -Gn "$1") $(id -G "$1") " in *" $group "*) bits=040 ;; *) bits=04 ;; esac
  fi
  [ $((0$future & bits)) != 0 ] ||
    fail no-permission "$path" "$1 cannot read the file, which will belong to $owner:$group with mode $future" "Set the owner $1"
}

# What would stop a deployment of one file. Nothing is changed.
check_rights() {
  check_file "$1"
  if [ ! -w "$folder" ] && [ "$replace" = rename ]; then
    [ "$me" != 0 ] || fail read-only "$path" "The file system of $folder is read-only"
    fail no-permission "$path" "$(id -un) cannot create files in $folder" "setfacl -m u:$(id -un):rwx '$folder'"
  fi
  [ "$owner" = - ] || id "$owner" >/dev/null 2>&1 || fail owner-unknown "$path" "The host has no user $owner"
  [ "$group" = - ] || grep -q "^$group:" /etc/group || getent group "$group" >/dev/null 2>&1 ||
    fail owner-unknown "$path" "The host has no group $group"
  if [ "$me" = 0 ]; then check_readers && return 0; fi
  if [ "$owner" = - ] && [ -f "$real" ]; then owner=$(stat -c %U "$real"); fi
  if [ "$group" = - ] && [ -f "$real" ]; then group=$(stat -c %G "$real"); fi
  case $owner in -) ;; *) [ "$(id -u "$owner")" = "$me" ] ||
    fail owner-not-permitted "$path" "$(id -un) may not give files to $owner" ;; esac
  case " - $(id -Gn) " in *" $group "*) ;; *)
    fail owner-not-permitted "$path" "$(id -un) is not in the group $group" "usermod -aG $group $(id -un)" ;; esac
}

do_facts() {
  login=${SUDO_USER:-$(id -un)}
  entry=$(getent passwd "$login" 2>/dev/null || grep "^$login:" /etc/passwd)
  printf 'version\t%s\nuser\t%s\nshell\t%s\ntime\t%s\n' $version "$login" "${entry##*:}" "$(date +%s)"
  for tool in base64 chmod chown cp cut date dd grep head id mkdir mkfifo mv readlink sed setsid sha256sum stat sync tr; do
    command -v $tool >/dev/null || printf 'lacks\t%s\n' $tool
  done
  mv --help 2>&1 | grep -q -e '-[a-z]*T' || printf 'lacks\tmv -T\n'
  if cp --help 2>&1 | grep -q attributes-only || command -v setfacl >/dev/null; then echo acl; fi
  lines file | while IFS= read -r line; do (check_rights "$line"); done
  [ $restricted = no ] || lines command | while IFS= read -r line; do (check_listed "$line"); done
  return 0
}

# For authorized_keys: restrict,command="/usr/local/sbin/certdesk-deploy gate"
do_gate() {
  asked=${SSH_ORIGINAL_COMMAND:-}
  case $asked in
    internal-sftp | */sftp-server)
      for server in /usr/lib/openssh/sftp-server /usr/libexec/openssh/sftp-server /usr/lib/ssh/sftp-server; do
        [ ! -x $server ] || exec $server
      done
      ;;
    "sudo -n $helper "*)
      asked=${asked#"sudo -n $helper "}
      case $asked in *[!a-z-]*) ;; *) exec sudo -n $helper "$asked" ;; esac
      ;;
  esac
  echo 'This key is for certdesk-deploy only.' >&2
  exit 1
}

# shellcheck disable=SC2016 # expanded by the new shell
restart='self=$1; shift; eval "$self"'
verb=${1-}
case $verb in
  gate) do_gate ;;
  stage | swap | reload | roll-back | work | outcome | discard | stat | read | remove | purge | run | end | facts) ;;
  *) fail invalid '' 'Unknown request' ;;
esac
request='' line=''
while [ "$line" != end ] && IFS= read -r line; do request=$request$line$newline; done
[ "$line" = end ] || fail invalid '' 'The request is not complete'
exec 4<&0 </dev/null
state=$(value state)
[ "$verb" = facts ] || open_state
case $verb in
  swap | reload | roll-back) do_swap ;;
  work) do_work "${2-}" ;;
  *) "do_$verb" ;;
esac || exit
unlock
echo ok
# Until the caller has everything: a sudo that logs output may drop the end of it when its command exits.
read -r line <&4
