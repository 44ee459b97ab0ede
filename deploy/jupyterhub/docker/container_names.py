#!/usr/bin/env python3
"""What servers and their containers are called:  container_names.py USER [SERVICE]

Prints a name for a new server of that user, {username}-{service}-{hash}, and what its container will be called.
"""
import hashlib
import re
import secrets
import sys

LONGEST_SERVER = 30  # JupyterHub 6 takes no longer names
LONGEST_CONTAINER = 63  # a DNS label (RFC 1123), as which a container is found on its network


def container_name(user, server):
    """The name of the container of a server: for every server another one, however users call themselves and their servers."""
    # ada's server ada-waiide-abc123 lends its name to its container. Not where the user's name has a dash: ada-waiide could have a server of that name, too. Nor where
    # the hash at the end is missing: a user called nginx could reach for a container nginx-proxy-1 that is somebody else's.
    if re.fullmatch('[a-z0-9]+', user) and re.fullmatch(f'{user}(-[a-z0-9]+)+-[0-9a-f]{{6}}', server) and len(server) <= LONGEST_CONTAINER:
        return server

    # All others have a hash of both names (in which there are no slashes) after two dashes, which no name above has. With 64 bits of it nobody finds a name whose
    # hash is that of somebody else's.
    unique = hashlib.sha256(f'{user}/{server}'.encode()).hexdigest()[:16]
    return f'{slug(server or user, LONGEST_CONTAINER - 18)}--{unique}'


def server_name(user, service='waiide'):
    """A name for a new server that every version of JupyterHub takes."""
    end = f'-{slug(service, 16)}-{secrets.token_hex(3)}'
    return slug(user, LONGEST_SERVER - len(end)) + end


def slug(text, longest):
    """The letters and digits of a text, in lower case and with single dashes for what is between them; it begins with a letter."""
    words = re.sub('[^a-z0-9]+', '-', text.lower()).strip('-')
    return (words if words[:1].isalpha() else f'x{words}')[:longest].rstrip('-')


if __name__ == '__main__':
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    name = server_name(*sys.argv[1:])
    print(f'server     {name}\ncontainer  {container_name(sys.argv[1], name)}')
