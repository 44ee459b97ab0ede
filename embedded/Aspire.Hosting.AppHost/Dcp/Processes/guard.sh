# Outlives its owner to end what the owner started. It learns on its standard input which sessions begin (+1234)
# and end (-1234); the end of that input is the owner's end. $1 is the run's marker, as NAME=value; $2 is the run's
# folder, which goes with it.
trap '' HUP INT QUIT TERM
exec > /dev/null 2>&1
marker=$1
folder=$2

sessions=' '
while read -r line; do
    case $line in
        +*) sessions="$sessions${line#+} " ;;
        -*) case $sessions in
                *" ${line#-} "*) sessions="${sessions%% ${line#-} *} ${sessions#* ${line#-} }" ;;
            esac ;;
    esac
done

# First of all: there are keys in it, and what runs has read them.
rm -rf -- "$folder"

# What is left of the run: the id of each process that carries the marker or belongs to one of the sessions,
# and for the latter also -<session>, which means the group of that number.
left() {
    for file in $(grep -lzsxF "$marker" /proc/[0-9]*/environ); do
        file=${file%/environ}
        echo "${file#/proc/}"
    done
    for file in /proc/[0-9]*/stat; do
        read -r stat < "$file" || continue
        # "1234 (a name) S 1 1234 1234 ...": after the name come state, parent, group, session.
        set -- ${stat##*) }
        case $1 in Z | X) continue ;; esac
        case $sessions in *" $4 "*)
            file=${file%/stat}
            echo "${file#/proc/} -$4" ;;
        esac
    done
}

seconds() {
    read -r uptime rest < /proc/uptime
    echo "${uptime%.*}"
}

start=$(seconds)
signal=TERM # Once, because many take a second one for impatience.
quiet=0
while [ $quiet -lt 2 ]; do
    waited=$(($(seconds) - start))
    [ $waited -ge 4 ] && signal=KILL
    [ $waited -ge 30 ] && exit 1 # Another user's, or stuck in the kernel.
    quiet=$((quiet + 1)) # Twice nothing, because a process may have been on its way when we looked.
    for process in $(left); do
        quiet=0
        case $signal$process in
            KILL* | TERM[0-9]*) kill -$signal "$process" ;;
        esac
    done
    [ "$signal" = KILL ] || signal=
    [ $quiet -lt 2 ] && sleep 0.1
done
