//! The local stack's event bus, as whoever develops with it finds it.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, System};

#[tokio::test]
async fn the_bus_is_read_and_the_portals_events_are_brought_at_one_place() {
    let system = System::start().await;
    assert_eq!(Answer::of(system.request(Method::GET, "/_local/events")).await.expect(200), json!({ "events": [] }));
    assert!(system.announced().await.is_empty());
    // An event of the portal is none of ours: it is not on the bus that we announce on.
    assert_eq!(system.publish(&json!({ "detail": "none" })).await["outcome"], "failed");
    assert!(system.announced().await.is_empty());
    let answer = Answer::of(system.request(Method::DELETE, "/_local/events")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, POST"));
}

#[tokio::test]
async fn faults_of_the_bus_and_the_stream_stay_until_they_are_met() {
    let system = System::start().await;
    let plan = json!({ "bus": { "throttle": 2, "refuse": 1 }, "stream": { "repeat": 1 } });
    system.faults(plan).await;
    let left = Answer::of(system.request(Method::GET, "/_local/faults")).await.expect(200);
    assert_eq!(left["bus"], json!({ "throttle": 2, "error": 0, "refuse": 1 }));
    assert_eq!(left["stream"], json!({ "repeat": 1, "lose_answer": 0 }));
}

#[tokio::test]
async fn a_recount_of_nonsense_is_a_problem() {
    let system = System::start().await;
    let problem = Answer::of(system.request(Method::POST, "/_local/recount").body("{")).await.problem(400);
    assert_eq!(problem["detail"], "The body is not JSON.");
    assert_eq!(Answer::of(system.request(Method::GET, "/_local/recount")).await.status, 405);
}
