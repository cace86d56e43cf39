"""Serves a WSGI application over HTTPS on 127.0.0.1.

python serve.py MODULE:CALLABLE PORT CERTIFICATE KEY DNS_PORT

All of dnspython's lookups go to 127.0.0.1:DNS_PORT, in place of what /etc/resolv.conf names.
"""

import importlib
import socketserver
import ssl
import sys
from wsgiref.simple_server import WSGIServer, make_server

import dns.resolver


class Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(application, port, certificate, key, dns_port):
    def read_resolv_conf(resolver, _):
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = int(dns_port)

    dns.resolver.BaseResolver.read_resolv_conf = read_resolv_conf
    module, name = application.split(":")
    server = make_server("127.0.0.1", int(port), getattr(importlib.import_module(module), name), Server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.base_environ["HTTPS"] = "on"
    server.serve_forever()


main(*sys.argv[1:])
