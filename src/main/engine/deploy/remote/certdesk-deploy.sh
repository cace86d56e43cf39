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
while read -r word _ me _; do [ "$word" != Uid: ] || break; done 2>/dev/null </proc/$$/status || me=$(id -u)
held=''

# A process costs more than all that this script does: so results are variables instead of output, and one tool gets many
# files instead of one each.

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

# each_line WORD COMMAND: calls the command with the values of every line of the request that begins with the word.
each_line() {
  set -- "$1" "$2" "$newline$request"
  while :; do
    case $3 in *"$newline$1$tab"*) set -- "$1" "$2" "${3#*"$newline$1$tab"}" ;; *) return 0 ;; esac
    "$2" "${3%%"$newline"*}" || return
  done
}

# find_value WORD: sets value to the values of the first line that begins with the word.
find_value() {
  value=''
  each_line "$1" take_value || return 0
}
take_value() { value=$1 && return 1; }

# with_lines LINES COMMAND…: runs the command with the lines as further arguments.
with_lines() {
  lines=$1 && shift
  IFS=$newline && set -f
  # shellcheck disable=SC2086 # split at line ends
  set -- "$@" $lines
  unset IFS && set +f
  "$@"
}

# find_hashes FILES: sets hashes, in the order of the files; both have one per line.
find_hashes() {
  hashes='' listed=''
  [ -z "$1" ] || listed=$(with_lines "$1" sha256sum 2>/dev/null)$newline || return
  while [ -n "$listed" ]; do
    line=${listed%%"$newline"*} listed=${listed#*"$newline"}
    line=${line#\\} hashes=$hashes${line%% *}$newline
  done
}
has_hash() { [ -f "$1" ] && find_hashes "$1" && [ "$hashes" = "$2$newline" ]; }
can_read() { { true <"$1"; } 2>/dev/null; }
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
      case $to in *[[:cntrl:]]*) fail unsafe-link "$1" "The target of the link $real/$part contains control characters" ;; esac
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
  [ -d "$folder" ] || [ ! -e "$folder" ] || fail folder-missing "$1" "$folder is not a folder. Name another path"
  [ -d "$folder" ] || fail folder-missing "$1" "The folder $folder is missing" "mkdir -p '$folder'"
  if [ $restricted = yes ] && ! is_safe "$folder"; then
    fail unsafe-folder "$1" "Others than root can write to $folder or to a folder above it" "chown root '$folder'; chmod go-w '$folder'"
  fi
  [ ! -d "$real" ] || fail is-a-folder "$1" 'The path is a folder. Name a file in it'
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

# identify PID: sets identity to the pid, its start time and the boot; empty if it has ended. A pid alone may mean another
# process later.
identify() {
  pid=$1 identity=''
  { read -r stat <"/proc/$1/stat" && read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || return 1
  # shellcheck disable=SC2086 # the fields after the name
  set -- ${stat##*) }
  [ "$1" != Z ] && identity=$pid.${20}.$boot
}

# lock/ has one file, whose name is the identity of the process that may change runs and the files of deployments, or
# `free`. Renaming it takes the lock: of several processes only one can, also if the last holder was killed.
is_locked() {
  for holder in "$state"/lock/*; do holder=${holder##*/}; done
  identify "${holder%%.*}" && [ "$identity" = "$holder" ]
}
pass_lock() { mv "$state/lock/$1" "$state/lock/$2" 2>/dev/null; }

# Waits until no other request is at work. The script of a lost connection may still be.
lock() {
  identify $$ || fail failed /proc '/proc is not mounted'
  held=$identity
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

# record NAME VALUE: writes a file of the run. It counts from the phase that is entered next, and may be incomplete before.
record() { printf '%s\n' "$2" >"$run/$1" && flush "$run/$1"; }

# find_recorded NAME: sets recorded to the first line of a file of the run; empty if there is none.
find_recorded() { recorded='' && { [ ! -s "$run/$1" ] || read -r recorded <"$run/$1" || :; }; }

# enter_phase NAME: appends to the history of the run, before what it names begins. A run without one is being staged.
enter_phase() { echo "$1" >>"$run/phases" && flush "$run" "$run/phases"; }

# Sets phase to the last whole line of the history.
read_phase() {
  phase=staging
  [ ! -f "$run/phases" ] || while read -r line; do phase=$line; done <"$run/phases"
}
is_phase() {
  read_phase
  case " $1 " in *" $phase "*) ;; *) return 1 ;; esac
}

# each_file COMMAND: for every line of the plan, with its fields as variables. Files of one folder share a temporary folder.
each_file() {
  before=''
  while IFS=$tab read -r index replace owner group mode hash old folder base <&3; do
    [ "$folder" = "$before" ] || temporary=.certdesk-${run##*/}.$index
    before=$folder real=${folder%/}/$base new=${folder%/}/$temporary/new.$index
    [ "$replace" = rename ] || new=$run/new.$index
    "$1" || return 1
  done 3<"$run/plan"
}

drop_temporary() { ! enter "$folder" || [ ! -e "./$temporary" ] || rm -rf "./$temporary"; }

discard_run() {
  [ ! -f "$run/plan" ] || each_file drop_temporary
  rm -rf "$run"
}

# --- Stage -----------------------------------------------------------------------------------------------------------

# copy_attributes FROM TO: owner, mode, ACL and SELinux label, as far as this host's tools can. Sets by to what has done it.
copy_attributes() {
  by='cp'
  cp --attributes-only --preserve=all --no-preserve=timestamps "$1" "$2" 2>/dev/null && return
  by='other'
  chown "$(stat -c %u:%g "$1")" "$2" 2>/dev/null
  chmod "$(stat -c %a "$1")" "$2"
  ! command -v setfacl >/dev/null || getfacl -c "$1" 2>/dev/null | setfacl --set-file=- "$2" 2>/dev/null
  return 0
}

# copy_file FROM TO: with all attributes. A link is not followed, so that nobody can have another file copied.
copy_file() {
  { cp -fP --preserve=all "$1" "$2" 2>/dev/null || { cp -fPp "$1" "$2" && copy_attributes "$1" "$2"; }; } &&
    [ -f "$2" ] && [ ! -L "$2" ]
}

# give_attributes FILE OLD: owner, group and mode of the request, otherwise those of OLD.
give_attributes() {
  by=''
  [ -z "$2" ] || copy_attributes "$2" "$1"
  if [ "$me$by$owner$group${mode%%0*}" = 0cp--+ ]; then
    # For root, cp has kept the owner or failed. It is data, whatever it replaces.
    if [ -x "$1" ] || [ -u "$1" ] || [ -g "$1" ] || [ -k "$1" ]; then chmod a-xst "$1"; fi
    return
  fi
  # shellcheck disable=SC2046 # two words for each file
  set -- "$1" "$2" $(stat -c '%u:%g %a' "$1" "${2:-$1}")
  want=$5
  [ "$owner" = - ] || want=$owner:${want#*:}
  [ "$group" = - ] || want=${want%:*}:$group
  if [ "$want" != "$3" ] && ! error=$(chown "$want" "$1" 2>&1); then
    case $error in
      *nvalid* | *unknown*) fail owner-unknown "$path" "The host has no such user or group: $want. Create it there, or name another" ;;
      *) fail owner-not-permitted "$path" "$(id -un) may not give the file to $want. Only root can: use sudo, or sign in as root" ;;
    esac
  fi
  if [ "${mode#+}" = "$mode" ] || [ -z "$2" ]; then
    chmod "${mode#+}" "$1"
  elif [ $((0$4 & 07111)) != 0 ]; then
    chmod a-xst "$1"
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
  [ ! -f "$real" ] || can_read "$real" || fail no-permission "$path" "$(id -un) may not read $real"
  [ "$replace" = rename ] && return
  [ -f "$real" ] || fail missing "$path" 'Only an existing file can be replaced in place'
  [ -w "$real" ] || fail no-permission "$path" "$(id -un) may not write to $real"
  [ "$me" != 0 ] || is_safe "$folder" ||
    fail unsafe-folder "$path" "Others can write to $folder, so that a file in it cannot be replaced in place safely"
}

# Adds a file to the plan. A plus sign stands for the hash of the existing file.
plan_file() {
  check_file "$1"
  old=-
  [ ! -f "$real" ] || existing=$existing$real$newline old=+
  plan=$plan$index$tab$replace$tab$owner$tab$group$tab$mode$tab$hash$tab$old$tab$folder$tab$base$newline
  staged=${staged}staged$tab$path$tab$real$tab$old$newline
}

stage_file() {
  if [ "$replace" = in-place ]; then
    cd "$run"
  elif [ "$made" = "$temporary" ]; then
    enter "${folder%/}/$temporary"
  else
    enter_temporary && made=$temporary
  fi || fail "$(reason_of "$failure")" "$real" "$(id -un) cannot write to $folder: ${failure##*: }"
  { as_caller head -c 4194304 "$uploads/$index" >"./new.$index"; } 2>"$run/message" || {
    error=$(cat "$run/message")
    fail "$(reason_of "$error")" "$real" "Cannot write the new file: ${error##*: }"
  }
  news=$news$new$newline wanted=$wanted$hash$newline path=$real
  [ "$replace" = in-place ] || if [ "$old" = - ]; then give_attributes "./new.$index" ''; else give_attributes "./new.$index" "../$base"; fi
}

# remove_older FOLDER…: of uploads to this deployment, but not newer ones.
remove_older() {
  for each in "$@"; do
    case $each in "$deployment".*) ;; *) continue ;; esac
    [ "${each##*.}" -ge "${uploads##*.}" ] 2>/dev/null || as_caller rm -rf "${uploads%/*}/$each"
  done
}

do_stage() {
  find_value run && id=$value && check_id "$id"
  find_value deployment && deployment=$value && check_id "$deployment"
  find_value uploads && uploads=$value
  trap 'as_caller rm -rf "$uploads" 2>/dev/null' EXIT
  trap 'exit 4' HUP INT TERM PIPE
  lock
  as_caller test -d "$uploads" || fail interrupted "$id" 'A newer attempt has removed the uploaded files of this one'
  # What earlier attempts have uploaded. If one of them still runs, it finds nothing and ends. A newer one is left alone.
  with_lines "$(as_caller ls "${uploads%/*}" 2>/dev/null)" remove_older
  find_run "$id"
  if [ -d "$run" ] && ! is_phase 'staging staged'; then echo begun && return; fi
  # What an earlier run has staged and not used, and what this one has.
  for run in "$state/$deployment"/*; do [ ! -d "$run" ] || ! is_phase 'staging staged' || discard_run; done
  run=$state/$deployment/$id
  trap 'is_phase staged || discard_run; as_caller rm -rf "$uploads" 2>/dev/null' EXIT
  plan='' staged='' existing='' news='' wanted='' made='' failure=''
  each_line file plan_file
  find_hashes "$existing" || fail failed "$state" 'A file has changed meanwhile'
  for old in $hashes; do plan=${plan%%"$tab+$tab"*}$tab$old$tab${plan#*"$tab+$tab"}; done
  error=$({ mkdir -p "$run" && printf %s "$plan" >"$run/plan"; } 2>&1) ||
    fail "$(reason_of "$error")" "$run" "Cannot write to $state: ${error##*: }"
  each_file stage_file
  { find_hashes "$news" && [ "$hashes" = "$wanted" ]; } || fail hash-mismatch "$uploads" 'The uploaded files are not complete'
  with_lines "$news" flush "$run/plan" "$run"
  as_caller rm -rf "$uploads"
  enter_phase staged && trap - EXIT
  printf %s "$staged"
}

# --- Swap ------------------------------------------------------------------------------------------------------------

# Keeps the current file, before anything changes. The copy counts from the phase `kept`.
keep_file() { [ "$old" = - ] || { enter "$folder" && copy_file "./$base" "$run/old.$index"; }; }
drop_unkept() { ! is_phase 'staged keeping' || rm -f "$run"/old.*; }

flush_kept() {
  set -- "$run"
  for kept in "$run"/old.* "$run/owed"; do [ ! -f "$kept" ] || set -- "$@" "$kept"; done
  flush "$@"
}
flush_folder() { [ "$folder" = "$flushed" ] || { flush "$folder" && flushed=$folder; }; }

# write_in_place FILE: the inode stays, which a container sees through a bind mount.
write_in_place() { { [ "$me" != 0 ] || is_safe "$folder"; } && cat "$1" >"$real" && flush "$real"; }

install_file() {
  if [ "$replace" = in-place ]; then
    write_in_place "$new" || return 1
    path=$real
    (give_attributes "$real" "$real") >/dev/null || return 1
  elif enter "$folder" && [ -f "./$temporary/new.$index" ]; then
    mv -fT "./$temporary/new.$index" "./$base"
    [ "$old" != - ] || ! command -v restorecon >/dev/null || restorecon "$real"
  fi
  reals=$reals$real$newline wanted=$wanted$hash$newline
}

remove_temporary() { ! enter "$folder" || [ ! -d "./$temporary" ] || rmdir "./$temporary"; }

# Also after a repetition, which finds nothing to install, the files must be the new ones.
install_files() {
  reals='' wanted='' flushed=''
  each_file install_file && each_file remove_temporary && find_hashes "$reals" && [ "$hashes" = "$wanted" ] &&
    each_file flush_folder
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

# check_step NAME: sets seconds, kind and text, and refuses a command that the helper's list does not have. No command is fine.
check_step() {
  find_value "$1"
  seconds=${value%%"$tab"*} text=${value#*"$tab"}
  kind=${text%%"$tab"*} text=${text#*"$tab"}
  case $seconds in '' | later) return 0 ;; *[!0-9]*) fail invalid '' 'The time-out must be a number' ;; esac
  [ $restricted = yes ] || return 0
  [ "$kind" = line ] || fail not-listed '' 'The helper runs listed commands only. Save the script on the host, and list it'
  check_listed "$text"
}

# The names and paths that a command is given. A caller of the helper must not set PATH and the like, or make a command
# that runs as root read other files.
export_setting() {
  name=${1%%"$tab"*} setting=${1#*"$tab"}
  case $name in *[!A-Z_]*) return 0 ;; esac
  case $name in
    CERTDESK_CERTIFICATE | CERTDESK_CHAIN | CERTDESK_FULLCHAIN | CERTDESK_PRIVKEY)
      is_listed "path $setting" || is_listed "folder ${setting%/*}" || return 0
      case $setting in */../* | */..) return 0 ;; esac
      ;;
    CERTDESK_* | RENEWED_DOMAINS) case $setting in *[!A-Za-z0-9\ .*:_-]*) return 0 ;; esac ;;
    *) return 0 ;;
  esac
  export "$name=$setting"
}

# Writes standard input to a file as it arrives, until it has more than 64 KiB, and drops the rest.
collect() { case $(dd bs=1 count=65537 2>&1 >"$run/output") in 65537*) cat >/dev/null ;; esac }

# The exit code of a step, in all runs of the request, as soon as its command has ended: a repetition does not run it again.
# The file is of this process: a command that a killed one has left behind may still end.
record_code() { echo "$code" >"$run/code.$1.$$"; }

# run_step NAME RECORD: runs a command of the request in its own session, for at most its time.
run_step() {
  check_step "$1"
  code='' timed_out=no
  for past in "$run/code.$2".*; do [ ! -s "$past" ] || read -r code <"$past"; done
  [ -n "$code" ] || start_step "$2"
  { [ -f "$run/steps" ] && grep -q "^step$tab$2$tab" "$run/steps"; } || {
    said=''
    [ ! -s "$run/output" ] || said=$(base64 <"$run/output" | tr -d '\n')
    printf 'step\t%s\t%s\t%s\t%s\n' "$2" "$code" $timed_out "$said" >>"$run/steps"
  }
  true >"$run/step"
  [ $timed_out = no ] && [ "$code" = 0 ]
}

start_step() {
  end_step
  [ ! -e "$run/pipe" ] || rm -f "$run/pipe"
  mkfifo "$run/pipe"
  true >"$run/output"
  collect <"$run/pipe" >/dev/null 2>&1 3<&- 4<&- &
  reader=$!
  (
    each_line env export_setting
    # The text comes through a pipe, so that no list of processes shows it.
    # shellcheck disable=SC2016 # expanded by the inner shell
    step_text | setsid sh -c 'echo $$ >"$1" && text=$(cat) && exec </dev/null && cd / && eval "$text"' step "$run/step"
    code=$? && for_runs record_code "$1"
  ) >"$run/pipe" 2>&1 3<&- 4<&- &
  step=$!
  identify $$
  trap : ALRM
  wake_later "$identity" >/dev/null 2>&1 3<&- 4<&- &
  alarm=$!
  wait $step
  find_recorded "code.$1.$$"
  if [ -n "$recorded" ]; then kill $alarm 2>/dev/null; else timed_out=yes && end_step && find_recorded "code.$1.$$"; fi
  code=${recorded:-124}
  # A process that the command left in the background may hold the pipe open. Its output is not waited for.
  for _ in 1 2 3 4 5; do ! identify $reader || nap 0.02; done
  ! identify $reader || kill $reader 2>/dev/null
}

step_text() { if [ "$kind" = line ]; then printf %s "$text"; else printf %s "$text" | base64 -d; fi; }

# wake_later IDENTITY: ends the `wait` of this shell, if it still runs, when the time of its step is over.
wake_later() {
  sleeper=''
  trap '[ -z "$sleeper" ] || kill $sleeper; exit' TERM
  sleep "$seconds" &
  sleeper=$!
  wait $sleeper
  identify $$ && [ "$identity" = "$1" ] && kill -s ALRM $$
}

# Ends a command that took too long, or that a killed run left behind.
end_step() {
  find_recorded step
  case $recorded in '' | *[!0-9]*) return 0 ;; esac
  kill -s TERM -- "-$recorded" 2>/dev/null || return 0
  for _ in 1 2 3 4 5 6 7 8 9 10; do ! kill -s 0 -- "-$recorded" 2>/dev/null || nap 0.2; done
  kill -s KILL -- "-$recorded" 2>/dev/null || return 0
}

# Only after the end is recorded, so that no command runs twice.
forget_steps() { rm -f "$run"/code.* "$run/steps" "$run/reload-again"; }

# finish STATE ERROR: for all runs of the request.
finish() {
  for_runs record_result "$1" "$2" && for_runs tidy "$1"
}

# The steps are those of the first run.
record_result() {
  each_file drop_temporary
  [ "$1" = swapped ] || [ "$1" = rollback-failed ] || rm -f "$run"/old.*
  owed=no && [ ! -s "$run/owed" ] || owed=yes
  { printf 'result\t%s\t%s\t%s\n' "$1" $owed "$2" && { [ ! -f "$first/steps" ] || cat "$first/steps"; }; } >"$run/result" &&
    flush "$run/result" && enter_phase "$1"
}

# Removes what the run does not need any more. Of finished runs, only the generation that this one replaced stays.
tidy() {
  state_left=$1 && set -- "$run"/new.* "$run"/code.*
  for name in steps reload-again message pipe output step; do set -- "$@" "$run/$name"; done
  if [ "$state_left" = swapped ] && [ ! -s "$run/owed" ]; then
    for other in "${run%/*}"/*; do [ "$other" = "$run" ] || [ ! -f "$other/result" ] || set -- "$@" "$other"; done
  fi
  rm -rf "$@"
}

# for_runs COMMAND: for every run of the request. The first has their steps.
for_runs() {
  for each in $runs; do find_run "$each" && "$@" || return 1; done
  run=$first
}
# Without a process: an empty file means no.
set_owed() { printf %s "$1" >"$run/owed"; }

install_run() {
  if is_phase 'staged keeping'; then
    each_file keep_file && { [ -z "$reload" ] || set_owed yes; } && flush_kept && enter_phase kept || return 1
  fi
  is_phase kept || return 0
  install_files && echo installed >>"$run/phases" # if the host loses it, the next contact finds the files installed
}

restore_run() { is_phase restored || { each_file restore_file && enter_phase restored; }; }

# put_back ERROR: restores everything, in all runs of the request.
put_back() {
  for_runs drop_unkept
  for_runs record error "$1"
  for_runs enter_phase restoring
  finish_put_back
}

finish_put_back() {
  find_recorded error
  error=$recorded
  if ! for_runs restore_run; then
    run=$first
    finish rollback-failed "${error:+$error. }The previous files could not all be restored. They are in $run"
    return
  fi
  # Unless the service has been asked to load the new files, it has the previous ones.
  if [ ! -f "$run/reload-again" ] || run_step reload reload-after-rollback; then
    for_runs set_owed ''
  else
    for_runs set_owed yes
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
  find_value reload && reload=$value
  find_value validate && validate=$value
  find_value back
  if is_phase 'restoring restored'; then
    finish_put_back
  elif [ "$value" = yes ]; then
    [ -z "$reload" ] || ! is_phase 'swapped reloading rollback-failed' || echo yes >"$run/reload-again"
    put_back ''
  elif ! for_runs install_run; then
    run=$first
    put_back 'The new files could not all be installed'
  elif is_phase installed && [ -n "$validate" ] && ! run_step validate validate; then
    put_back 'The configuration is not valid with the new files'
  elif [ -z "$reload" ] || [ "$reload" = later ]; then
    finish swapped ''
  else
    echo yes >"$run/reload-again"
    for_runs enter_phase reloading
    if run_step reload reload; then
      for_runs set_owed ''
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
    reload) is_phase rolled-back || { is_phase swapped && [ ! -s "$run/owed" ]; } ;;
    *) is_phase rolled-back ;;
  esac
}

open_runs() {
  runs=''
  each_line run open_run
  [ -n "$runs" ] || check_id ''
  for first in $runs; do break; done
  find_run "$first"
  first=$run
}
open_run() {
  find_run "$1"
  if [ ! -d "$run" ] || is_phase staging; then fail missing "$1" 'The host has not staged this run'; fi
  runs="$runs $1"
}

is_new() { has_hash "$real" "$hash"; }
print_result() { printf 'run\t%s\n' "${run##*/}" && cat "$run/result"; }

# swap, reload and roll-back: start the worker, which continues without this connection, and wait for it.
do_swap() {
  open_runs
  check_step validate
  check_step reload
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
  find_value run
  find_run "$value"
  if [ ! -d "$run" ] || is_phase staging; then
    echo none
  elif is_phase 'swapped rolled-back rollback-failed'; then
    echo finished && print_result
  elif is_locked; then
    echo running
  elif is_phase staged; then
    echo staged
  else
    printf 'interrupted\t%s\t%s\n' "$phase" "$([ -s "$run/owed" ] && echo yes)"
  fi
}

# --- Other requests --------------------------------------------------------------------------------------------------

do_discard() {
  find_value run
  check_id "$value"
  lock
  find_run "$value"
  if [ -d "$run" ] && is_phase 'staging staged'; then discard_run; fi
}

# Adds what is at a path to the answer. A plus sign stands for what tools say of an existing file.
see_path() {
  path=$1
  use_path "$path"
  [ -f "$real" ] || { seen=${seen}missing$newline && return; }
  can_read "$real" || fail no-permission "$path" "$(id -un) may not read $real"
  existing=$existing$real$newline seen=${seen}file$tab$real$tab$linked$tab+$newline
}

do_stat() {
  seen='' existing='' hashes=''
  each_line path see_path
  if [ -n "$existing" ]; then
    { facts=$(with_lines "$existing" stat -c "%U$tab%G$tab%a$tab%s") && find_hashes "$existing"; } ||
      fail failed "$path" 'A file has changed meanwhile'
  fi
  for each in $hashes; do
    seen=${seen%%"$tab+$newline"*}$tab$each$tab${facts%%"$newline"*}$newline${seen#*"$tab+$newline"}
    facts=${facts#*"$newline"}
  done
  printf %s "$seen"
}

do_read() {
  find_value limit && limit=$value
  find_value path && path=$value
  use_path "$path"
  [ -f "$real" ] || fail missing "$path" 'There is no such file'
  [ "$(stat -c %s "$real")" -le "$limit" ] || fail too-large "$path" 'The file is too large'
  content=$(base64 <"$real" 2>/dev/null) || fail no-permission "$path" "$(id -un) may not read $real"
  printf 'content\t%s\n' "$(printf %s "$content" | tr -d '\n')"
}

do_remove() { each_line path remove_file; }
remove_file() {
  path=$1
  case $path in /*) [ -d "${path%/*}/" ] || return 0 ;; esac
  use_path "$path"
  [ -f "$real" ] || return 0
  error=$(enter "$folder" && rm -f "./$base" 2>&1) ||
    fail "$(reason_of "$error")" "$path" "Cannot remove $real: ${error##*: }"
}

do_purge() {
  find_value deployment
  check_id "$value"
  lock
  rm -f "$state/$value"/*/old.*
}

# A command outside of a swap, as root.
do_run() {
  find_value run
  check_id "$value"
  run=$state/commands/$value
  mkdir -p "$run" && trap 'end_step; rm -rf "$run"' EXIT
  runs=${run##*/} first=$run
  trap 'exit 4' HUP INT TERM PIPE
  run_step command command
  cat "$run/steps"
}

do_end() {
  find_value run
  find_run "$value"
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
  each_line reader check_reader
}
check_reader() { [ "${1%%"$tab"*}" != "$index" ] || check_service "${1#*"$tab"}"; }

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
  [ "$owner" = - ] || id "$owner" >/dev/null 2>&1 || fail owner-unknown "$path" "The host has no user $owner. Create it there, or name another"
  [ "$group" = - ] || grep -q "^$group:" /etc/group || getent group "$group" >/dev/null 2>&1 ||
    fail owner-unknown "$path" "The host has no group $group. Create it there, or name another"
  if [ "$me" = 0 ]; then check_readers && return 0; fi
  if [ "$owner" = - ] && [ -f "$real" ]; then owner=$(stat -c %U "$real"); fi
  if [ "$group" = - ] && [ -f "$real" ]; then group=$(stat -c %G "$real"); fi
  case $owner in -) ;; *) [ "$(id -u "$owner")" = "$me" ] ||
    fail owner-not-permitted "$path" "$(id -un) may not give files to $owner. Only root can: use sudo, or sign in as root" ;; esac
  case " - $(id -Gn) " in *" $group "*) ;; *)
    fail owner-not-permitted "$path" "$(id -un) is not in the group $group" "usermod -aG $group $(id -un)" ;; esac
}

do_facts() {
  login=${SUDO_USER:-$(id -un)}
  entry=$(getent passwd "$login" 2>/dev/null || grep "^$login:" /etc/passwd)
  printf 'version\t%s\nuser\t%s\nshell\t%s\ntime\t%s\n' $version "$login" "${entry##*:}" "$(date +%s)"
  for tool in base64 chmod chown cp date dd grep head id mkdir mkfifo mv readlink setsid sha256sum stat sync tr; do
    command -v $tool >/dev/null || printf 'lacks\t%s\n' $tool
  done
  mv --help 2>&1 | grep -q -e '-[a-z]*T' || printf 'lacks\tmv -T\n'
  if cp --help 2>&1 | grep -q attributes-only || command -v setfacl >/dev/null; then echo acl; fi
  each_line file try_rights
  [ $restricted = no ] || each_line command try_listed
}
try_rights() { (check_rights "$1") || :; }
try_listed() { (check_listed "$1") || :; }

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
find_value state && state=$value
case $verb in facts | stat | read | remove) ;; *) open_state ;; esac
case $verb in
  swap | reload | roll-back) do_swap ;;
  work) do_work "${2-}" ;;
  *) "do_$verb" ;;
esac || exit
unlock
echo ok
# Until the caller has everything: a sudo that logs output may drop the end of it when its command exits.
read -r line <&4
