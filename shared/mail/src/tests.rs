//! The mailer against servers that answer as SES does, and as it does when it is in trouble.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sesv2::config::BehaviorVersion;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::region::Region;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;

fn mailer(address: std::net::SocketAddr, timeout: Duration) -> Mailer {
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .endpoint_url(format!("http://{address}"))
        .build();
    Mailer::new(&config, "the-set", timeout)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let length = text
            .to_ascii_lowercase()
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.split("\r\n").next().and_then(|length| length.parse::<usize>().ok()));
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if read == 0 || matches!((length, body), (Some(length), Some(body)) if body >= length) {
            return text;
        }
    }
}

/// Sends one message to a server that gives each call this answer; what came of it, and the requests.
async fn send_to(status: &str, headers: &str, body: &str) -> (Result<String, SendError>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(listener.local_addr().unwrap(), Duration::from_secs(10));
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let (seen, mut requests) = mpsc::unbounded_channel();
    let server = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            seen.send(read_request(&mut stream).await).unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let result = send(&mailer).await;
    server.abort();
    let mut all = Vec::new();
    while let Ok(request) = requests.try_recv() {
        all.push(request);
    }
    (result, all)
}

async fn send(mailer: &Mailer) -> Result<String, SendError> {
    let to: Address = "ann@example.com".parse().unwrap();
    mailer.send(Message { to: &to, raw: b"Subject: x\r\n\r\ny", recipient_token: "token-1" }).await
}

async fn refused(status: &str, code: &str) -> SendError {
    let body = format!(r#"{{"message":"because of {code}"}}"#);
    let (result, requests) = send_to(status, &format!("x-amzn-errortype: {code}\r\n"), &body).await;
    assert_eq!(requests.len(), 1, "{code} must not be repeated");
    result.unwrap_err()
}

#[tokio::test]
async fn one_call_carries_one_recipient_and_its_token() {
    let (result, requests) = send_to("200 OK", "", r#"{"MessageId":"0100-1"}"#).await;
    assert_eq!(result.unwrap(), "0100-1");
    let [request] = requests.as_slice() else { panic!("one request") };
    assert!(request.starts_with("POST /v2/email/outbound-emails "), "{request}");
    for part in [
        r#""ToAddresses":["ann@example.com"]"#,
        r#""ConfigurationSetName":"the-set""#,
        r#"{"Name":"recipient","Value":"token-1"}"#,
        r#""Raw":{"Data":"#,
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn refusals_are_final_and_keep_ses_own_words() {
    for code in [
        "MessageRejected",
        "BadRequestException",
        "AccountSuspendedException",
        "MailFromDomainNotVerifiedException",
        "NotFoundException",
        "SomethingOfTheFuture",
    ] {
        match refused("400 Bad Request", code).await {
            SendError::Never { code: found, detail, .. } => {
                assert_eq!(found, code);
                assert_eq!(detail.unwrap(), format!("because of {code}"));
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn throttling_and_faults_of_ses_pass_within_seconds() {
    for (status, code) in [
        ("429 Too Many Requests", "TooManyRequestsException"),
        ("400 Bad Request", "Throttling"),
        ("400 Bad Request", "ThrottlingException"),
        ("500 Internal Server Error", "InternalFailure"),
        ("503 Service Unavailable", "ServiceUnavailable"),
    ] {
        let error = refused(status, code).await;
        assert!(matches!(error, SendError::Again { .. }), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn quotas_pauses_and_permissions_pass_later() {
    for (status, code) in [
        ("400 Bad Request", "LimitExceededException"),
        ("400 Bad Request", "SendingPausedException"),
        ("403 Forbidden", "AccessDeniedException"),
        ("403 Forbidden", "ExpiredTokenException"),
    ] {
        let error = refused(status, code).await;
        assert!(matches!(error, SendError::Later { .. }), "{code}: {error:?}");
    }
}

#[tokio::test]
async fn nobody_listening_passes_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = send(&mailer(address, Duration::from_secs(10))).await.unwrap_err();
    assert!(matches!(error, SendError::Later { .. }), "{error:?}");
}

#[tokio::test]
async fn silence_a_lost_answer_and_half_of_one_leave_it_open() {
    // Accepts and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let error = send(&mailer(silent.local_addr().unwrap(), Duration::from_millis(100))).await.unwrap_err();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");

    // Reads the request and hangs up.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mailer = mailer(listener.local_addr().unwrap(), Duration::from_secs(10));
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
    });
    let error = send(&mailer).await.unwrap_err();
    server.await.unwrap();
    assert!(matches!(error, SendError::Unknown { .. }), "{error:?}");

    for body in ["", "{", "{}", r#"{"MessageId":""}"#] {
        let (result, _) = send_to("200 OK", "", body).await;
        let error = result.unwrap_err();
        assert!(matches!(error, SendError::Unknown { .. }), "{body}: {error:?}");
    }
}
