#!/bin/sh
# Runs the nginx of this machine with nginx.conf.template, filled as the official image does it: front.sh FOLDER
# FOLDER is what nginx writes to; the variables are explained in the template. In packages of Debian nginx is in /usr/sbin, which is not in everybody's PATH.
set -eu

folder=$1
template=$(dirname "$0")/nginx.conf.template
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

# Without NGINX_HTTP there is the TLS port alone.
case ${NGINX_HTTP-} in
    '') plain= ;;
    redirect) plain="NGINX_HTTP_PORT NGINX_PUBLIC_PORT" ;;
    *) echo "front.sh: NGINX_HTTP is '$NGINX_HTTP'; it is 'redirect', or not set." >&2; exit 1 ;;
esac

for name in NGINX_LISTEN NGINX_TLS_PORT NGINX_TLS_CERT NGINX_TLS_KEY NGINX_UPSTREAM $plain; do
    eval "value=\${$name-}"
    if [ -z "$value" ]; then
        echo "front.sh: $name is not set; $template says what it is." >&2
        exit 1
    fi
done

# fill FILE: makes it of its template.
fill() {
    awk '{
        filled = ""
        while (match($0, /\$\{NGINX_[A-Z_]+\}/)) {
            filled = filled substr($0, 1, RSTART - 1) ENVIRON[substr($0, RSTART + 2, RLENGTH - 3)]
            $0 = substr($0, RSTART + RLENGTH)
        }
        print filled $0
    }' "$(dirname "$0")/$1.template" > "$folder/$1"
}

mkdir -p "$folder"
fill nginx.conf
[ -z "$plain" ] || fill http-redirect.conf

# Started by root, nginx would give its workers to a user who cannot look into the folder.
user=
if [ "$(id -u)" = 0 ]; then
    user="user $(id -un) $(id -gn);"
fi

exec nginx -p "$folder" -c nginx.conf -e stderr -g "$user"
