// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("The number of replicas", .timeLimit(.minutes(1))) struct ScaleTests {
    static func managers(_ object: JSON) -> [String] {
        (object[path: "metadata.managedFields"]?.array ?? []).map {
            let part = $0["subresource"]?.string.map { "/\($0)" } ?? ""
            return "\($0["manager"]?.string ?? "") \($0["operation"]?.string ?? "")\(part) "
                + ($0["fieldsV1"]?.text(sortedKeys: true) ?? "")
        }
    }

    @Test("a workload is scaled at a path of its own") func workload() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(Path.deployments, Make.deployment("d", replicas: 2))
            let scale = try await api.get("\(Path.deployments)/d/scale")
            #expect(scale["kind"] == "Scale" && scale["apiVersion"] == "autoscaling/v1")
            #expect(scale["spec.replicas"] == 2 && scale["status.selector"] == "app=d")
            #expect(scale["metadata.resourceVersion"] == made["metadata.resourceVersion"])
            var wanted = scale.json
            wanted["spec"]?["replicas"] = 4
            let put = try await api.put("\(Path.deployments)/d/scale?fieldManager=scaler", wanted)
            #expect(put.code == 200 && put["kind"] == "Scale" && put["spec.replicas"] == 4, "\(put.text)")
            let object = try await api.get("\(Path.deployments)/d")
            #expect(object["spec.replicas"] == 4 && object["metadata.generation"] == 2)
            #expect(
                Self.managers(object.json).contains("scaler Update/scale {\"f:spec\":{\"f:replicas\":{}}}"),
                "\(Self.managers(object.json))")
            let late = try await api.put("\(Path.deployments)/d/scale", wanted)
            #expect(late.code == 409 && late.problem?.reason == "Conflict")
            let patched = try await api.patch("\(Path.deployments)/d/scale", .merge, ["spec": ["replicas": 7]])
            #expect(patched["spec.replicas"] == 7)
            #expect(
                try await api.patch("\(Path.deployments)/d/scale?dryRun=All", .merge, ["spec": ["replicas": 9]])[
                    "spec.replicas"] == 9)
            #expect(try await api.get("\(Path.deployments)/d")["spec.replicas"] == 7)
        }
    }

    @Test("who applied the number shares or loses it") func ownership() async throws {
        try await TestAPI.with { api in
            var configuration = Make.deployment("d", replicas: 2)
            try api.must(try await api.apply("\(Path.deployments)/d", configuration, manager: "owner"))
            try api.must(
                try await api.patch(
                    "\(Path.deployments)/d/scale?fieldManager=scaler", .merge, ["spec": ["replicas": 5]]))
            configuration["metadata"]?["labels"] = ["a": "b"]
            let refused = try await api.apply("\(Path.deployments)/d", configuration, manager: "owner")
            #expect(refused.code == 409 && refused.problem?.reason == "Conflict")
            #expect(
                refused.causes.first?.hasPrefix(
                    "FieldManagerConflict .spec.replicas: conflict with \"scaler\" with subresource \"scale\" using apps/v1"
                )
                    == true, "\(refused.text)")
            configuration["spec"]?["replicas"] = JSON?.none
            let given = try await api.apply("\(Path.deployments)/d", configuration, manager: "owner")
            #expect(given.code == 200 && given["spec.replicas"] == 5, "\(given.text)")
        }
    }

    @Test("objects of definitions are scaled where these say") func custom() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.widgets, Make.widget("w", ["replicas": 3])))
            try api.must(
                try await api.patch(
                    "\(Path.widgets)/w/status", .merge, ["status": ["replicas": 2, "selector": "a=b"]]))
            let scale = try await api.get("\(Path.widgets)/w/scale")
            #expect(scale["spec.replicas"] == 3 && scale["status.replicas"] == 2 && scale["status.selector"] == "a=b")
            let put = try await api.patch(
                "\(Path.widgets)/w/scale?fieldManager=scaler", .merge, ["spec": ["replicas": 6]])
            #expect(put["spec.replicas"] == 6)
            let object = try await api.get("\(Path.widgets)/w")
            #expect(object["spec.replicas"] == 6 && object["metadata.generation"] == 2)
            #expect(Self.managers(object.json).contains("scaler Update/scale {\"f:spec\":{\"f:replicas\":{}}}"))
            let plain = try await api.get("\(Path.maps)/w/scale")
            #expect(plain.code == 404)
        }
    }

    @Test("numbers below zero and nonsense are refused") func refused() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            let below = try await api.patch("\(Path.deployments)/d/scale", .merge, ["spec": ["replicas": -1]])
            #expect(
                below.problem
                    == Problem(
                        422, "Invalid",
                        "Scale.autoscaling \"d\" is invalid: spec.replicas: Invalid value: -1: must be greater than or "
                            + "equal to 0"))
            let text = try await api.patch("\(Path.deployments)/d/scale", .merge, ["spec": ["replicas": "x"]])
            #expect(text.code >= 400 && text.code < 500)
            #expect(try await api.get("\(Path.deployments)/none/scale").code == 404)
        }
    }
}
