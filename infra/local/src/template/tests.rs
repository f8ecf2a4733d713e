//! What a template says, and what it leaves open.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;

const TEMPLATE: &str = r#"
Parameters:
  Lanes: { Type: Number, Default: 4 }
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: { DefaultAuthorizer: Portal }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-table"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - { AttributeName: pk, AttributeType: S }
      KeySchema:
        - { AttributeName: pk, KeyType: HASH }
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 7 }
  Report:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/report/
      Events:
        Attention: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /v1/attention, Method: get } }
        Other: { Type: HttpApi, Properties: { ApiId: !Ref Api, Path: /v1/attention, Method: ANY } }
  Track:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/track/
      Events:
        Rest: { Type: HttpApi, Properties: { ApiId: !Ref Api, Auth: { Authorizer: NONE } } }
        Clock: { Type: Schedule, Properties: { Schedule: rate(5 minutes) } }
  Send:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ../functions/send/ }
  ReportFromStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: !Ref Report, EventSourceArn: !GetAtt Table.StreamArn, TumblingWindowInSeconds: 900 }
  SendFromStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Send
      EventSourceArn: !GetAtt Table.StreamArn
      BatchSize: 25
      ParallelizationFactor: !Ref Lanes
      MaximumRetryAttempts: 3
      BisectBatchOnFunctionError: true
      FilterCriteria:
        Filters:
          - Pattern: '{"eventName":["INSERT"]}'
  Record:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ../functions/record/ }
  RecordFromQueue:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: !Ref Record, EventSourceArn: !GetAtt Queue.Arn, BatchSize: 10 }
  Events:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties: { EventDestination: { MatchingEventTypes: [send, deliveryDelay] } }
"#;

#[test]
fn routes_carry_their_function_and_authorizer() {
    let template = Template::parse(TEMPLATE).unwrap();
    let route = |route_key: &str, function: &str, jwt| RouteDefinition {
        route_key: route_key.to_owned(),
        function: function.to_owned(),
        jwt,
    };
    for expected in [
        route("GET /v1/attention", "report", true),
        route("ANY /v1/attention", "report", true),
        route("$default", "track", false),
    ] {
        assert!(template.routes.contains(&expected), "{expected:?} in {:?}", template.routes);
    }
}

#[test]
fn the_table_is_what_create_table_takes() {
    let template = Template::parse(TEMPLATE).unwrap();
    assert_eq!(
        template.table,
        json!({
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
        })
    );
    assert_eq!(template.ttl_attribute.as_deref(), Some("expires_at"));
}

#[test]
fn triggers_carry_their_limits() {
    let template = Template::parse(TEMPLATE).unwrap();
    let [windowed, stream] = &template.streams[..] else { panic!("{:?}", template.streams) };
    assert_eq!((stream.function.as_str(), stream.batch_size, stream.lanes), ("send", 25, 4));
    assert_eq!((stream.retries, stream.bisect, stream.window_seconds), (3, true, None));
    assert_eq!((windowed.function.as_str(), windowed.lanes, windowed.window_seconds), ("report", 1, Some(900)));
    assert!(stream.patterns[0].matches(&json!({ "eventName": "INSERT" })));
    let [queue] = &template.queues[..] else { panic!("{:?}", template.queues) };
    assert_eq!((queue.function.as_str(), queue.batch_size, queue.most_receives), ("record", 10, 7));
    assert_eq!(template.event_types, ["send", "deliveryDelay"]);
    assert_eq!(template.schedules, ["track"]);
    assert_eq!(template.policies.keys().collect::<Vec<_>>(), ["record", "report", "send", "track"]);
}

#[test]
fn a_template_without_a_table_is_refused() {
    assert!(matches!(Template::parse("Resources: {}"), Err(TemplateError::NoTable)));
    assert!(matches!(Template::parse("{"), Err(TemplateError::Yaml(_))));
}
