"""As much of a JupyterHub as a single-user server talks to, and a person who signs in there."""
import http.client
import http.server
import json
import secrets
import threading
import urllib.parse

USER = 'ada'
PREFIX = f'/user/{USER}/'


class StubHub:
    def __enter__(self):
        hub = self
        self.token, self.tokens, self.asked = secrets.token_hex(16), set(), 0

        class Answer(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self):
                path, _, query = self.path.partition('?')
                if path == '/hub/api/oauth2/authorize':
                    asked = dict(urllib.parse.parse_qsl(query))
                    self.answer(302, Location=f'{asked["redirect_uri"]}?{urllib.parse.urlencode({"code": secrets.token_hex(15), "state": asked["state"]})}')
                elif path == '/hub/api/user':
                    hub.asked += 1
                    known = self.headers.get('Authorization', '').split(' ')[-1] in hub.tokens
                    self.answer(200, {'name': USER, 'kind': 'user', 'admin': False, 'groups': [], 'session_id': None, 'scopes': [f'access:servers!server={USER}/']}) if known else self.answer(403, {})
                else:
                    self.answer(200, {'version': '5.4.3'})

            def do_POST(self):
                self.rfile.read(int(self.headers.get('Content-Length', 0)))
                if self.path != '/hub/api/oauth2/token':
                    return self.answer(200, {})
                token = secrets.token_hex(16)
                hub.tokens.add(token)
                self.answer(200, {'access_token': token, 'expires_in': 1209600, 'token_type': 'Bearer', 'scope': f'access:servers!server={USER}/'})

            def answer(self, status, content=None, **headers):
                body = json.dumps(content or {}).encode()
                self.send_response(status)
                for name, value in {**headers, 'Content-Type': 'application/json', 'Content-Length': str(len(body)), 'X-JupyterHub-Version': '5.4.3'}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Answer)
        self.server.daemon_threads = True
        self.address = f'127.0.0.1:{self.server.server_address[1]}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self, port):
        """What a spawner gives to the server that listens on this port."""
        return {
            'PORT': str(port),
            'JUPYTERHUB_API_TOKEN': self.token,
            'JUPYTERHUB_API_URL': f'http://{self.address}/hub/api',
            'JUPYTERHUB_ACTIVITY_URL': f'http://{self.address}/hub/api/users/{USER}/activity',
            'JUPYTERHUB_BASE_URL': '/',
            'JUPYTERHUB_CLIENT_ID': f'jupyterhub-user-{USER}',
            'JUPYTERHUB_HOST': '',
            'JUPYTERHUB_OAUTH_ACCESS_SCOPES': json.dumps([f'access:servers!server={USER}/', f'access:servers!user={USER}']),
            'JUPYTERHUB_OAUTH_CALLBACK_URL': f'{PREFIX}oauth_callback',
            'JUPYTERHUB_SERVER_NAME': '',
            'JUPYTERHUB_SERVICE_PREFIX': PREFIX,
            'JUPYTERHUB_SERVICE_URL': f'http://127.0.0.1:{port}{PREFIX}',
            'JUPYTERHUB_USER': USER,
        }

    def sign_in(self, gateway):
        """Opens the page as a browser does that sees hub and server as one site, and returns the Cookie header that it has some minutes later."""
        cookies, brief, target = {}, set(), PREFIX
        for _ in range(10):
            connection = http.client.HTTPConnection(self.address if target.startswith('/hub/') else gateway, timeout=30)
            navigates = {'Accept': 'text/html', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none'}
            connection.request('GET', target, headers={**navigates, 'Cookie': '; '.join(f'{name}={value}' for name, (value, path) in cookies.items() if target.startswith(path))})
            answer = connection.getresponse()
            for line in answer.headers.get_all('Set-Cookie', []):
                (pair, *attributes) = [part.strip() for part in line.split(';')]
                name, _, value = pair.partition('=')
                of = {key.lower(): its for key, _, its in (attribute.partition('=') for attribute in attributes)}
                cookies[name] = (value, of.get('path', '/'))
                if 'max-age' in of and int(of['max-age']) <= 60:
                    brief.add(name)
                if '1970' in of.get('expires', '') or of.get('max-age') == '0':
                    del cookies[name]
            connection.close()
            if answer.status not in (301, 302, 303, 307):
                return '; '.join(f'{name}={value}' for name, (value, path) in cookies.items() if PREFIX.startswith(path) and name not in brief)
            target = urllib.parse.urlsplit(answer.headers['Location'])._replace(scheme='', netloc='').geturl()
        raise RuntimeError(f'signing in does not end; the last step was {target}')
