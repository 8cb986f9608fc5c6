package main

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// authFile is an auth.json of hermes-agent with made-up accounts; none of its
// tokens opens anything.
func authFile(now time.Time) []byte {
	type object = map[string]any
	nous := jwt(object{"email": "ada@example.org", "sub": "ada", "scope": "inference:invoke", "exp": now.Add(52 * time.Minute).Unix()})
	xai := jwt(object{"email": "ada@example.org", "sub": "ada", "exp": now.Add(5 * time.Hour).Unix()})
	at := now.UTC().Format(time.RFC3339)
	nousRow := object{
		"access_token": nous, "refresh_token": "FAKE-nous-rt", "base_url": "https://inference-api.nousresearch.com/v1",
		"expires_at": now.Add(52 * time.Minute).UTC().Format(time.RFC3339), "obtained_at": at,
	}
	data, err := json.Marshal(object{
		"version": 1, "active_provider": "nous", "updated_at": at,
		"providers": object{
			"nous": object{
				"portal_base_url": "https://portal.nousresearch.com", "inference_base_url": nousRow["base_url"],
				"client_id": "hermes-cli", "scope": "inference:invoke", "token_type": "Bearer",
				"access_token": nous, "refresh_token": nousRow["refresh_token"], "obtained_at": at, "expires_at": nousRow["expires_at"],
			},
			"xai-oauth": object{
				"tokens":       object{"access_token": xai, "refresh_token": "FAKE-xai-rt", "token_type": "Bearer"},
				"last_refresh": at, "auth_mode": "oauth_device_code",
				"discovery": object{"token_endpoint": "https://auth.x.ai/oauth2/token"},
			},
		},
		"credential_pool": object{
			"nous": []object{{
				"id": "n0u5a1", "label": "nous", "auth_type": "oauth", "priority": 0, "source": "device_code",
				"access_token": nous, "refresh_token": nousRow["refresh_token"], "base_url": nousRow["base_url"],
				"expires_at": nousRow["expires_at"], "request_count": 12,
			}},
			"openrouter": []object{{
				"id": "0f0f0f", "label": "OPENROUTER_API_KEY", "auth_type": "api_key", "priority": 0,
				"source": "env:OPENROUTER_API_KEY", "request_count": 7,
			}},
		},
	})
	if err != nil {
		panic(err) // plain values
	}
	return data
}

// jwt is a token that says who it is of, without a signature.
func jwt(claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err) // plain values
	}
	code := base64.RawURLEncoding.EncodeToString
	return code([]byte(`{"alg":"none"}`)) + "." + code(body) + ".sig"
}
