// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@testable import Kubernetes

@Suite("Status answers") struct StatusTests {
    static let maps = GroupResource(group: "", resource: "configmaps")
    static let widgets = GroupResource(group: "example.org", resource: "widgets")

    static let cases: [(APIStatus, String)] = [
        (.notFound(maps, "a"), #"configmaps "a" not found"#),
        (.alreadyExists(widgets, "a"), #"widgets.example.org "a" already exists"#),
        (
            .modified(maps, "a"),
            #"Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes "#
                + "to the latest version and try again"
        ),
        (.forbidden(maps, "a", "no"), #"configmaps "a" is forbidden: no"#),
        (.forbidden(maps, nil, "no"), "configmaps is forbidden: no"),
        (
            .invalid(
                GroupVersionKind("example.org", "v1", "Widget"), "a",
                [
                    APIStatus.Cause(reason: "FieldValueRequired", "Required value", field: "spec.x"),
                    APIStatus.Cause(reason: "FieldValueInvalid", "Invalid value: 1: no", field: "spec.y"),
                ]),
            #"Widget.example.org "a" is invalid: [spec.x: Required value, spec.y: Invalid value: 1: no]"#
        ),
    ]

    @Test("have the sentences that clients know, and are read as they are written", arguments: cases)
    func sentences(status: APIStatus, message: String) {
        #expect(status.message == message)
        #expect(APIStatus(status.json) == status)
        #expect(status.json["status"] == "Failure" && status.json["code"]?.int == Int64(status.code))
    }

    @Test("are faults for those who know nothing of Kubernetes") func faults() {
        #expect(Fault(APIStatus.notFound(Self.maps, "a")).code == .notFound)
        #expect(Fault(APIStatus.modified(Self.maps, "a")).code == .conflict)
        #expect(Fault(APIStatus.unauthorized).code == .unauthorized)
        #expect(Fault(APIStatus.forbidden(Self.maps, nil, "x")).code == .forbidden)
        #expect(Fault(APIStatus(503, reason: "", "")).code == .unavailable)
        #expect(Fault(APIStatus(503, reason: "", "")).message == "the API server answered with 503")
    }

    @Test("are told from objects") func others() {
        #expect(APIStatus(["kind": "Pod", "status": ["phase": "Running"]]) == nil)
        #expect(APIStatus(["kind": "Status"]) == nil)
        #expect(APIStatus(["kind": "Status", "status": "Success"])?.isSuccess == true)
    }
}
