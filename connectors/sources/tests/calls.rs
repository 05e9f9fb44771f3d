//! What each kind of endpoint takes, refuses and publishes.

use super::stand::{Stand, annotated, call, port, post, raw, request};
use ::hmac::digest::KeyInit;
use ::hmac::{Hmac, Mac};
use model::Error;
use serde_json::json;
use sha1::Sha1;
use sha2::Sha256;
use std::time::Duration;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    hex(&mac.finalize().into_bytes())
}

fn sha1(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    hex(&mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_webhook_publishes_the_body_byte_for_byte() {
    let (stand, port) = Stand::webhook(json!({"metadata": {"team": "a\"b"}})).await;
    let body = r#"{"n":12345678901234567890.10, "s":"\u00e9<"}"#;
    let headers = [("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2"), ("Authorization", "Basic c2VjcmV0")];
    let reply = call(port, "POST", "/webhook/hook?q=1&q=2&r=x%20y", &headers, body).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "success"));
    assert!(reply.head.contains("\r\nx-event-id: id-1"), "{}", reply.head);
    let length = body.len();
    let expected = format!(
        concat!(
            r#"{{"header":{{"Authorization":["*** Masked Auth Secret ***"],"Connection":["close"],"Content-Length":["{length}"],"#,
            r#""Content-Type":["text/plain"],"X-A":["1","2"]}},"body":{body},"metadata":{{"team":"a\"b"}},"#,
            r#""headers":{{"Authorization":"*** Masked Auth Secret ***","Connection":"close","Content-Length":"{length}","#,
            r#""Content-Type":"text/plain","X-A":"1, 2"}},"queryString":{{"q":"1","r":"x y"}}}}"#
        ),
        length = length,
        body = body
    );
    assert_eq!(stand.recorder.texts(), [expected]);
    assert_eq!(stand.recorder.upstream_ids(), [None]);
}

#[tokio::test]
async fn a_webhook_answers_like_the_reference() {
    let (stand, port) = Stand::webhook(json!({"endpoint": "/a", "method": "POST"})).await;
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let cases = [
        (call(port, "POST", "/a", &form, "b=2&b=1&a=x+y").await, 200, "success"),
        (call(port, "POST", "/a", &[], "[1]").await, 200, "success"),
        (call(port, "PUT", "/a", &[], "{}").await, 400, "http method does not match"),
        (call(port, "POST", "/b", &[], "{}").await, 404, "404 page not found\n"),
        (call(port, "POST", "/a/", &[], "{}").await, 404, "404 page not found\n"),
        (call(port, "DELETE", "/health", &[], "").await, 200, "OK"),
    ];
    for (reply, status, body) in cases {
        assert_eq!((reply.status, reply.body.as_str()), (status, body));
        assert!(reply.head.contains("content-type: text/plain; charset=utf-8"));
    }
    for body in ["", "{", "{}{}", "nope", "{\"a\":01}", "\u{7f}"] {
        assert_eq!(post(port, "/a", body).await.status, 400, "{body}");
    }
    assert_eq!(stand.recorder.failed(), 6);
    let bodies: Vec<_> = stand.recorder.data().into_iter().map(|data| data["body"].clone()).collect();
    assert_eq!(bodies, [json!({"a": ["x y"], "b": ["2", "1"]}), json!([1])]);
}

#[tokio::test]
async fn methods_other_than_get_and_post_are_refused_even_where_the_manifest_names_them() {
    let (_stand, listening) = Stand::of(json!({"webhook": {
        "get": {"port": "0", "endpoint": "/get", "method": "GET"}, "put": {"port": "0", "endpoint": "/put", "method": "PUT"},
    }}))
    .await;
    let port = port(&listening[0]);
    assert_eq!(call(port, "GET", "/get", &[], "").await.status, 200);
    let put = call(port, "PUT", "/put", &[], "{}").await;
    assert_eq!((put.status, put.body.as_str()), (400, "unsupported method: PUT"));
}

#[tokio::test]
async fn a_get_publishes_its_query() {
    let (stand, port) = Stand::webhook(json!({"method": "GET", "endpoint": "/x/{id}"})).await;
    assert_eq!(call(port, "GET", "/x/1%32?b=2&a=1&b=3", &[], "").await.status, 200);
    assert_eq!(call(port, "GET", "/x/1/2", &[], "").await.status, 404);
    assert_eq!(stand.recorder.data()[0]["body"], json!({"a": ["1"], "b": ["2", "3"]}));
}

#[tokio::test]
async fn a_failed_publish_is_503_with_the_time_to_try_again() {
    let (stand, port) = Stand::webhook(json!({})).await;
    let full = Error::external("the bus is full").retry_after(Duration::from_millis(2500));
    *stand.recorder.errors.lock().unwrap() = vec![Error::user("too large for the bus"), full];
    let reply = post(port, "/webhook/hook", "{}").await;
    assert_eq!((reply.status, reply.body.as_str()), (503, "failed to record event"));
    assert!(reply.head.contains("retry-after: 3"));
    assert_eq!(post(port, "/webhook/hook", "{}").await.status, 400);
    assert_eq!(post(port, "/webhook/hook", "{}").await.status, 200);
}

#[tokio::test]
async fn a_token_is_checked_before_anything_else_and_read_anew() {
    let (stand, port) = Stand::webhook(json!({"authSecret": {"name": "s", "key": "t"}})).await;
    let with = async |value: &str| {
        let reply = call(port, "POST", "/webhook/hook", &[("Authorization", value)], "{}").await;
        (reply.status, reply.body)
    };
    assert_eq!(with("Bearer x").await, (500, "Error loading auth token".to_owned()));
    stand.set("s", "t", "x");
    assert_eq!(with("Bearer x").await, (200, "success".to_owned()));
    assert_eq!(with("bearer x").await, (401, "Invalid Authorization Header".to_owned()));
    assert_eq!(with("Bearer xx").await, (401, "Invalid Auth token".to_owned()));
    assert_eq!(post(port, "/webhook/hook", "{}").await.status, 401);
    stand.set("s", "t", "y");
    assert_eq!(with("Bearer x").await.0, 401);
    assert_eq!(with("Bearer y").await.0, 200);
    assert!(!stand.recorder.texts().concat().contains("Bearer"));
}

#[tokio::test]
async fn the_annotation_checks_the_signature_of_any_endpoint() {
    let mut stand = Stand::new();
    stand.set("s", "k", "key");
    let spec =
        json!({"webhook": {"a": {"port": "0"}, "b": {"port": "0"}}, "bitbucket": {"c": {"webhook": {"port": "0"}}}});
    let check = "secret: {name: s, key: k}\nheader: X-Sig\nprefix: sha256=";
    let one = annotated(spec.clone(), json!({"tidegate.io/hmac": check}));
    let port = port(&stand.sources.apply(&[one]).await.unwrap()[0]);
    let signed = format!("sha256={}", sha256("key", "{}"));
    for target in ["/webhook/a", "/webhook/b", "/webhook/c"] {
        assert_eq!(call(port, "POST", target, &[("X-Sig", &signed)], "{}").await.status, 200);
        for wrong in ["", "sha256=", &signed[..signed.len() - 2], &signed[7..], "sha256=é"] {
            assert_eq!(call(port, "POST", target, &[("X-Sig", wrong)], "{}").await.status, 401, "{wrong}");
        }
        assert_eq!(post(port, target, "{}").await.status, 401);
    }
    assert_eq!(stand.recorder.data().len(), 3);
    let named =
        annotated(spec, json!({"tidegate.io/hmac": "b: {secret: {name: s, key: k}, header: X-Sig, prefix: sha256=}"}));
    stand.sources.apply(&[named]).await.unwrap();
    assert_eq!(post(port, "/webhook/a", "{}").await.status, 200);
    assert_eq!(post(port, "/webhook/b", "{}").await.status, 401);
}

#[tokio::test]
async fn the_annotation_names_the_hash_by_algorithm_or_by_prefix() {
    let signature = sha1("key", "{}");
    for (check, signed) in [("algorithm: sha1", signature.clone()), ("prefix: sha1=", format!("sha1={signature}"))] {
        let mut stand = Stand::new();
        stand.set("s", "k", "key");
        let check = format!("secret: {{name: s, key: k}}\nheader: X-Sig\n{check}");
        let source = annotated(json!({"webhook": {"a": {"port": "0"}}}), json!({"tidegate.io/hmac": check}));
        let port = port(&stand.sources.apply(&[source]).await.unwrap()[0]);
        assert_eq!(call(port, "POST", "/webhook/a", &[("X-Sig", &signed)], "{}").await.status, 200, "{check}");
        assert_eq!(call(port, "POST", "/webhook/a", &[("X-Sig", &sha256("key", "{}"))], "{}").await.status, 401);
    }
}

#[tokio::test]
async fn an_annotation_that_cannot_be_read_is_refused() {
    let mut stand = Stand::new();
    for text in [
        "nonsense",
        "header: X",
        "a: {secret: {name: s, key: k}, headr: X}",
        "secret: {name: s, key: k}\nheader: 'a b'",
    ] {
        let wrong = annotated(json!({"webhook": {"a": {"port": "0"}}}), json!({"tidegate.io/hmac": text}));
        let error = stand.sources.apply(&[wrong]).await.unwrap_err().to_string();
        assert!(error.contains("event a") && error.contains("tidegate.io/hmac"), "{error}");
    }
}

async fn github(secret: bool) -> (Stand, u16) {
    let secret = secret.then(|| json!({"name": "s", "key": "k"}));
    let (stand, listening) =
        Stand::of(json!({"github": {"gh": {"webhook": {"port": "0", "endpoint": "/push"}, "webhookSecret": secret}}}))
            .await;
    stand.set("s", "k", "It's a Secret");
    let port = port(&listening[0]);
    (stand, port)
}

#[tokio::test]
async fn github_events_keep_their_digits_and_gain_two_members() {
    let (stand, port) = github(true).await;
    let body = r#" {"id":9007199254740993.0000001,"big":123456789012345678901234567890,"a":{"b":[1e400, 1.10]}} "#;
    let (better, older) =
        (format!("sha256={}", sha256("It's a Secret", body)), format!("sha1={}", sha1("It's a Secret", body)));
    let mut headers = vec![
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", "d-1"),
        ("X-Hub-Signature-256", &better),
        ("X-Hub-Signature", "sha1=00"),
    ];
    assert_eq!(call(port, "POST", "/push", &headers, body).await.status, 200);
    headers.truncate(3);
    headers.push(("X-Hub-Signature", &older));
    assert_eq!(call(port, "POST", "/push", &headers, body).await.status, 200);
    let text = &stand.recorder.texts()[0];
    let event = concat!(
        r#""body":{"X-GitHub-Event":"push","X-GitHub-Delivery":"d-1","a":{"b":[1e400, 1.10]},"#,
        r#""big":123456789012345678901234567890,"id":9007199254740993.0000001}}"#
    );
    assert!(text.starts_with(r#"{"headers":{"Connection":["close"],"#) && text.ends_with(event), "{text}");
    assert_eq!(stand.recorder.upstream_ids(), [Some("d-1".to_owned()), Some("d-1".to_owned())]);
}

#[tokio::test]
async fn github_calls_that_are_not_signed_right_are_refused_and_publish_nothing() {
    let (stand, port) = github(true).await;
    let good = format!("sha256={}", sha256("It's a Secret", "{}"));
    let other = format!("sha256={}", sha256("another", "{}"));
    let bad = ["", "sha256=", "=", &good[..20], &good[..good.len() - 1], &good[7..], &other, "md5=00", "sha256=zz"];
    for signature in bad {
        for header in ["X-Hub-Signature-256", "X-Hub-Signature"] {
            let headers = [("Content-Type", "application/json"), (header, signature)];
            assert_eq!(call(port, "POST", "/push", &headers, "{}").await.status, 400, "{header}: {signature}");
        }
    }
    let reply = post(port, "/push", "{}").await;
    assert_eq!((reply.status, reply.body.as_str()), (400, "missing signature"));
    stand.set("s", "k", "");
    let empty = format!("sha256={}", sha256("", "{}"));
    let headers = [("Content-Type", "application/json"), ("X-Hub-Signature-256", empty.as_str())];
    assert_eq!(call(port, "POST", "/push", &headers, "{}").await.status, 500);
    assert_eq!((stand.recorder.data().len(), stand.recorder.failed()), (0, 0));
}

#[tokio::test]
async fn github_forms_are_signed_as_they_were_sent() {
    let (stand, port) = github(true).await;
    let body = "payload=%7B%22a%22%3A1.0%7D";
    let signed = format!("sha256={}", sha256("It's a Secret", body));
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Hub-Signature-256", &signed)];
    assert_eq!(call(port, "POST", "/push", &form, body).await.status, 200);
    assert!(stand.recorder.texts()[0].contains(r#""X-GitHub-Delivery":"","a":1.0}"#));
    assert_eq!(stand.recorder.upstream_ids(), [None]);
}

#[tokio::test]
async fn github_takes_only_its_content_types_and_objects() {
    let (stand, port) = github(false).await;
    assert_eq!(call(port, "POST", "/push", &[("Content-Type", "text/plain")], "{}").await.status, 400);
    assert_eq!(call(port, "POST", "/push", &[], "{}").await.status, 400);
    assert_eq!(post(port, "/push", "[]").await.status, 400);
    assert_eq!(post(port, "/push", "{}").await.status, 200);
    assert_eq!(stand.recorder.data().len(), 1);
}

#[tokio::test]
async fn a_gitlab_token_is_checked_wherever_there_is_one() {
    let (stand, listening) =
        Stand::of(json!({"gitlab": {"gl": {"webhook": {"port": "0"}, "secretToken": {"name": "s", "key": "k"}}}}))
            .await;
    stand.set("s", "k", "token");
    let port = port(&listening[0]);
    for (token, status) in [("token", 200), ("tokens", 400), ("", 400), ("Token", 400)] {
        let headers = [("X-Gitlab-Token", token), ("Idempotency-Key", "i")];
        assert_eq!(call(port, "POST", "/webhook/gl", &headers, r#"{"n":1.0}"#).await.status, status);
    }
    assert_eq!(post(port, "/webhook/gl", "{}").await.body, "token mismatch");
    let headers = [("X-Gitlab-Token", "token")];
    assert_eq!(call(port, "POST", "/webhook/gl", &headers, "{").await.body, "invalid event");
    assert_eq!(stand.recorder.upstream_ids(), [Some("i".to_owned())]);
    assert!(stand.recorder.texts()[0].ends_with(r#""body":{"n":1.0}}"#));
}

#[tokio::test]
async fn bitbucket_server_calls_are_signed_and_split_by_change() {
    let (stand, listening) = Stand::of(json!({"bitbucketserver": {"bs": {
        "webhook": {"port": "0"}, "webhookSecret": {"name": "s", "key": "k"}, "oneEventPerChange": true,
    }}}))
    .await;
    stand.set("s", "k", "key");
    let port = port(&listening[0]);
    let body = r#"{"changes":[{"n":1},{"n":2.0}]}"#;
    let signed = format!("sha256={}", sha256("key", body));
    let mut headers =
        vec![("X-Hub-Signature", signed.as_str()), ("X-Event-Key", "repo:refs_changed"), ("X-Request-Id", "r")];
    let reply = call(port, "POST", "/webhook/bs", &headers, body).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "success"));
    assert_eq!(stand.recorder.upstream_ids(), [Some("r/0".to_owned()), Some("r/1".to_owned())]);
    assert!(stand.recorder.texts()[1].ends_with(r#""body":{"changes":[{"n":2.0}]}}"#));
    for wrong in ["sha", "sha256=", &signed[..signed.len() - 2], &signed[7..]] {
        headers[0].1 = wrong;
        let reply = call(port, "POST", "/webhook/bs", &headers, body).await;
        assert_eq!((reply.status, reply.body.as_str()), (400, "hmac verification failed"));
    }
    assert_eq!(post(port, "/webhook/bs", body).await.body, "missing signature header");
}

#[tokio::test]
async fn requests_sent_together_are_answered_in_order() {
    let (stand, port) = Stand::webhook(json!({})).await;
    let one = |connection| request("POST", "/webhook/hook", &[], r#"{"n":1}"#, connection);
    let answers = raw(port, [one("keep-alive"), one("keep-alive"), one("close")].concat()).await;
    let ids: Vec<_> = answers.split("x-event-id: ").skip(1).map(|rest| &rest[..4]).collect();
    assert_eq!(ids, ["id-1", "id-2", "id-3"]);
    assert_eq!(stand.recorder.data().len(), 3);
}
