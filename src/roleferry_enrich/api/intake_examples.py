"""The documentation's examples of webhooks: bodies as their senders make them, of nobody."""

from collections.abc import Mapping

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "receiveWebhook": {
        "bounce_told_by_sendgrid": [
            {
                "sg_event_id": "zmzJhfJgAfUSOW80yEbPyw",
                "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
                "event": "bounce",
                "type": "bounce",
                "status": "5.1.1",
                "email": "maren.oakhurst@quillmere.test",
                "timestamp": 1_772_443_800,
            }
        ],
    },
    "receiveWebhookByToken": {
        "result_told_by_apollo": {"request_id": "-6321784512098", "people": [{"id": "64a1"}]},
    },
}
ANSWERS: Mapping[str, Mapping[str, object]] = {
    "receiveWebhook": {"new": {"events": 1, "new": 1}},
    "receiveWebhookByToken": {"repeated": {"events": 1, "new": 0}},
}
