// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Operations
import Orchestration
import TestInputs
import Testing

@Suite("Records of plans in printed specifications") struct TransferRecordTests {
    private static let sample = """
        environment:
          transformDemo:
            meta: {schemaVersion: v2}
            component: {name: acme.org/demo, version: 1.0.0, provider: acme.org, resources: []}
          transfer:
            source: ./archive
            versions:
            - component: acme.org/demo
              version: 1.0.0
              id: transformDemo
              repository: {type: CommonTransportFormat/v1, filePath: ./archive}
              digest: sha256:5555555555555555555555555555555555555555555555555555555555555555
              contents:
              - {element: source, identity: {name: code}, digest: "sha256:00"}
            targets:
            - repository: {type: CommonTransportFormat/v1, filePath: ./diff.tar}
              name: ./diff.tar
              present: [{component: acme.org/old, version: 0.9.0}]
            written:
              transformDemoUpload: {component: acme.org/demo, version: 1.0.0, action: copy}
            read:
              transformDemoGetImage: {component: acme.org/demo, version: 1.0.0, resource: {name: image}}
            packing:
              fileFormat: tar
              volumeSize: 25000000000
              lookup: [{type: OCIRepository/v1, baseUrl: registry.acme.org, subPath: ocm}]
              since: 0.9.0
              have: [{file: enclave.inventory, digest: "sha256:4444444444444444444444444444444444444444444444444444444444444444"}]
              deltas: true
              assumed: sha256:3333333333333333333333333333333333333333333333333333333333333333
              roots: [{component: acme.org/demo, version: 1.0.0}]
              recursive: true
              copyResources: all
              copySources: false
              omitAccessTypes: [helm]
        transformations:
        - id: transformDemoUpload
          type: CTFAddComponentVersion/v1alpha1
          spec:
            repository: {type: CommonTransportFormat/v1, filePath: ./diff.tar}
            descriptor: ${environment.transformDemo}

        """

    private func transfer(_ bytes: [UInt8]) throws -> TransferRun {
        let document = try YAML.document(bytes, source: "spec.yaml")
        let bench = try SpecificationBench()
        return try TransferRun(
            OrchestrationSpecification(document), context: OperationContext(connections: bench.connections))
    }

    @Test("one that is whole is read, and fits its operations") func whole() throws {
        let run = try transfer(Array(Self.sample.utf8))
        try run.requireCompleteness()
        #expect(run.summary == "1 component version for 1 target")
    }

    @Test(
        "one that lacks a member, or has it in another form, is refused with its line",
        arguments: [
            ("source: ./archive", "from: ./archive"), ("source: ./archive", "source: [1]"),
            ("versions:\n", "versoins:\n"), ("id: transformDemo\n", "di: transformDemo\n"),
            ("action: copy", "do: copy"), ("written:\n", "written: []\n    rest:\n"),
            ("present: [{component: acme.org/old, version: 0.9.0}]", "present: [{component: acme.org/old}]"),
            ("present: [{component: acme.org/old, version: 0.9.0}]", "past: []"),
            ("resource: {name: image}", "resource: image"), ("fileFormat: tar", "fileFormat: zip"),
            ("volumeSize: 25000000000", "volumeSize: 0"), ("volumeSize: 25000000000", "volumeSize: 25GB"),
            ("{file: enclave.inventory, ", "{"), ("assumed: sha256:", "assumed: md5:"), ("assumed: ", "taken: "),
            ("copyResources: all", "copyResources: most"), ("roots: [{component", "roots: [{name"),
            ("{type: OCIRepository/v1, ", "{type: Tape/v1, "), ("fileFormat: tar", "fileFormat: 7"),
            ("deltas: true", "deltas: 'true'"), ("since: 0.9.0", "since: 0.9"),
            ("omitAccessTypes: [helm]", "omitAccessTypes: [1]"),
            ("omitAccessTypes: [helm]", "omitAccessTypes: helm"),
        ])
    func damaged(old: String, new: String) throws {
        let text = Self.sample.replacing(old, with: new)
        try #require(text != Self.sample)
        #expect {
            try transfer(Array(text.utf8))
        } throws: { error in
            guard let fault = error as? Fault else { return false }
            return fault.code == .invalid && fault.message.hasPrefix("spec.yaml:") && fault.fix != nil
                && fault.message.contains("record")
        }
    }

    @Test(
        "one that does not fit its operations is found incomplete",
        arguments: [
            ("- id: transformDemoUpload", "- id: another"), ("transformDemoUpload: {", "another: {"),
            ("filePath: ./diff.tar}\n      name", "filePath: ./else.tar}\n      name"),
            ("component: acme.org/demo, version: 1.0.0, action", "component: acme.org/demo, version: 2.0.0, action"),
        ])
    func incomplete(old: String, new: String) throws {
        let text = Self.sample.replacing(old, with: new)
        try #require(text != Self.sample)
        let run = try transfer(Array(text.utf8))
        #expect(throws: Fault.self) { try run.requireCompleteness() }
    }

    @Test("damaged in any way, it is read or refused, and nothing else", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) throws {
        let tokens = [
            "null", "[]", "{}", "-1", "sha256:", "${", "}", "\n", ": ", "- ", "&a ", "*a", "versions", "written",
            "1e999", "\u{0}", "packing", "~",
        ]
        var mutator = ByteMutator(samples: [Array(Self.sample.utf8)], tokens: tokens, seed: seed)
        for round in 0..<150 {
            do {
                let run = try transfer(mutator.next())
                try run.requireCompleteness()
            } catch {
                #expect(error is Fault, "round \(round): \(error)")
            }
        }
    }
}
