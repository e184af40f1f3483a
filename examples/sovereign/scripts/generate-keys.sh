#!/usr/bin/env bash
# Makes the signing key pair; an existing one is never replaced.
set -euo pipefail
cd "$(dirname "$0")/../keys"
if [[ -e acme-private.pem ]]; then
    echo "keys: acme-private.pem is there already"
    exit 0
fi
umask 077
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out acme-private.pem 2>/dev/null ||
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out acme-private.pem 2>/dev/null
openssl pkey -pubout -in acme-private.pem -out acme-public.pem
chmod 0644 acme-public.pem
echo "keys: made acme-private.pem (keep it secret) and acme-public.pem"
