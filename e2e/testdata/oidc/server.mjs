// An authorization server on loopback: node-oidc-provider with one public client
// that may use device codes and refresh tokens. Refresh tokens rotate; using an
// old one again revokes the whole family. Its pages take any login. It prints
// its address, and each answer of the token endpoint as a line of JSON.
import { Provider } from 'oidc-provider'
import { createServer } from 'node:http'

let handler
const server = createServer((req, res) => handler(req, res))
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${server.address().port}`
  let slowDowns = Number(process.env.SLOW_DOWNS ?? 0)
  const provider = new Provider(url, {
    clients: [{
      client_id: 'hermes-tui', token_endpoint_auth_method: 'none', redirect_uris: [], response_types: [],
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
    }],
    features: { deviceFlow: { enabled: true } },
    ttl: { AccessToken: 600, RefreshToken: 3600, DeviceCode: 600, Grant: 3600, IdToken: 600, Interaction: 600, Session: 600 },
    rotateRefreshToken: true,
    conformIdTokenClaims: false,
    claims: { email: ['email'] },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@x.example` }) }),
    cookies: { keys: ['only for tests'] },
  })
  provider.use(async (ctx, next) => {
    if (ctx.path === '/token' && ctx.method === 'POST' && slowDowns > 0) {
      // The library has no slow_down of its own; this is the answer of RFC 8628.
      slowDowns--
      ctx.status = 400
      ctx.body = { error: 'slow_down' }
    } else {
      await next()
    }
    if (ctx.path === '/token') {
      console.log(JSON.stringify({ grant: ctx.oidc?.params?.grant_type, status: ctx.status, error: ctx.body?.error }))
    }
  })
  handler = provider.callback()
  console.log(url)
})
