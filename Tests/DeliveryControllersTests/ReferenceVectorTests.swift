// SPDX-License-Identifier: Apache-2.0

import Basics
import CELLibraries
import Documents
import Testing

@testable import DeliveryControllers

@Suite("Expressions over resources") struct AdditionalFieldsTests {
    private func value(_ expression: String, _ resource: JSON, _ location: ComponentLocation? = nil) throws -> JSON? {
        try AdditionalFields.evaluate(["x": .string(expression)], resource: resource, location: location)?["x"]
    }

    @Test("toOCI() gives what the vectors have, in both spellings", .enabled(if: Vectors.folder != nil, Vectors.reason))
    func toOCI() throws {
        let cases = try Vectors.json("own/tooci.json")["cases"]?.array ?? []
        #expect(cases.count == 8)
        for item in cases {
            let input = item["in"] ?? .null
            let component = item["component"]
            let location =
                try component.map { component in
                    try RepositoryAddress(component["repositorySpec"] ?? .null, archiveFolder: nil)
                        .location(of: component["component"]?.string ?? "")
                } ?? nil
            let resource: JSON = input.object == nil ? ["access": ["imageReference": input]] : ["access": input]
            var spellings = ["resource.access.toOCI()", "toOCI(resource.access)"]
            if resource["access"]?["imageReference"] != nil {
                spellings += ["resource.access.imageReference.toOCI()", "toOCI(resource.access.imageReference)"]
            }
            for spelling in spellings {
                guard item["error"] != true else {
                    #expect(throws: Fault.self) { try value(spelling, resource, location) }
                    continue
                }
                #expect(try value(spelling, resource, location) == item["out"], "\(spelling) of \(input.text())")
            }
        }
    }

    @Test(
        "References of any spelling are read as the vectors have them",
        .enabled(if: Vectors.folder != nil, Vectors.reason))
    func looseReferences() throws {
        let vectors = try Vectors.json("own/looseref.json")
        let good = vectors["good"]?.array ?? []
        #expect(good.count >= 20)
        for item in good {
            let resource: JSON = ["access": ["imageReference": item["in"] ?? .null]]
            let parts = try value("resource.access.imageReference.parseRef()", resource)
            for key in ["scheme", "registry", "repository", "tag"] {
                #expect(parts?[key] == item[key], "\(key) of \(item["in"]?.string ?? "")")
            }
        }
        let bad = vectors["bad"]?.array ?? []
        #expect(bad.count == 11)
        for text in bad {
            let resource: JSON = ["access": ["imageReference": text["in"] ?? text]]
            #expect(throws: Fault.self, "\(text.text())") {
                try value("resource.access.imageReference.parseRef()", resource)
            }
        }
    }

    @Test("Nested objects keep their shape; numbers, maps and lists come through")
    func nested() throws {
        let fields = try yaml(
            """
            registry: resource.access.imageReference.toOCI().registry
            oci:
              tag: resource.access.toOCI().tag
              deep: {whole: resource.access.toOCI(), list: "[1, 2].map(x, x * 2)", flag: "size(resource.labels) == 1"}
            """)
        let resource = try yaml(
            """
            {name: a, access: {type: ociArtifact/v1, imageReference: "ghcr.io/acme/app:1.0.0"}, labels: [{name: l, value: 1}]}
            """)
        let found = try AdditionalFields.evaluate(try #require(fields.object), resource: resource, location: nil)
        #expect(found?["registry"] == "ghcr.io")
        #expect(found?["oci"]?["tag"] == "1.0.0")
        #expect(found?["oci"]?["deep"]?["list"] == [2, 4])
        #expect(found?["oci"]?["deep"]?["flag"] == true)
        #expect(found?["oci"]?["deep"]?["whole"]?["repository"] == "acme/app")
    }

    @Test(
        "What fails names the field",
        arguments: [
            ("{a: {b: resource.access.nothing}}", "additionalStatusFields.a.b"),
            ("{a: \"1 +\"}", "additionalStatusFields.a"),
            ("{a: 1}", "additionalStatusFields.a is a number"), ("{a: [x]}", "additionalStatusFields.a is a array"),
            ("{a: \"b'x'\"}", "additionalStatusFields.a"), ("{a: unknown.x}", "additionalStatusFields.a"),
        ])
    func failures(_ fields: String, _ message: String) throws {
        let object = try #require(try yaml(fields).object)
        let fault = #expect(throws: Fault.self) {
            try AdditionalFields.evaluate(object, resource: ["access": [:]], location: nil)
        }
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test("Expressions share a budget, so many of them cannot do more than one")
    func budget() throws {
        let costly =
            "[1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, d))))"
        let fields = JSONObject((0..<200).map { ("f\($0)", JSON.string(costly)) })
        #expect(throws: Fault.self) { try AdditionalFields.evaluate(fields, resource: [:], location: nil) }
    }
}
