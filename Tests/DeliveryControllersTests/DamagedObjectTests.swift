// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Reconciling
import TestInputs
import Testing

@testable import DeliveryControllers

@Suite("Objects that were damaged", .timeLimit(.minutes(2))) struct DamagedObjectTests {
    private static let samples: [String] = [
        #"{"apiVersion":"delivery.ocm.software/v1alpha1","kind":"Repository","metadata":{"name":"a","namespace":"demo","generation":1},"spec":{"interval":"1m","repositorySpec":{"type":"OCIRegistry","baseUrl":"http://127.0.0.1:1","scheme":"http","port":1},"ocmConfig":[{"kind":"Secret","name":"s","policy":"Propagate"},{"secretRef":{"name":"t"}}]},"status":{"conditions":[{"type":"Ready","status":"True","reason":"Succeeded","message":"m"}],"observedGeneration":1}}"#,
        #"{"apiVersion":"delivery.ocm.software/v1alpha1","kind":"Component","metadata":{"name":"c","namespace":"demo","generation":2},"spec":{"interval":"1m","repositoryRef":{"name":"a"},"component":"acme.org/app","semver":">=1.0.0 <2","semverFilter":"^1","verify":[{"signature":"s","value":"LS0="}]},"status":{"component":{"component":"acme.org/app","version":"1.0.0","repositorySpec":{"type":"X"},"digest":{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"jsonNormalisation/v4alpha1","value":"ab"}}}}"#,
        #"{"apiVersion":"delivery.ocm.software/v1alpha1","kind":"Resource","metadata":{"name":"r","namespace":"demo","finalizers":["finalizers.ocm.software/resource"]},"spec":{"componentRef":{"name":"c"},"resource":{"byReference":{"resource":{"name":"x"},"referencePath":[{"name":"y"}]}},"additionalStatusFields":{"a":"resource.name","b":{"c":"1"}}},"status":{"resource":{"name":"x","type":"y","access":{"type":"z"}}}}"#,
        #"{"apiVersion":"delivery.ocm.software/v1alpha1","kind":"Deployer","metadata":{"name":"d"},"spec":{"resourceRef":{"name":"r","namespace":"demo"}},"status":{"deployed":[{"apiVersion":"v1","kind":"ConfigMap","name":"a"}]}}"#,
        #"{"apiVersion":"delivery.ocm.software/v1alpha1","kind":"Replication","metadata":{"name":"p","namespace":"demo","generation":1},"spec":{"componentRef":{"name":"c"},"targetRepositoryRef":{"name":"a"},"interval":"1m"},"status":{"lastTransferredDigest":"ab","lastTransfer":{"repositorySpec":{"type":"X"},"recursive":true},"lastFailedTransferEvents":[{"id":"a","name":"b","error":"c"}]}}"#,
        #"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"b":"c"},"ownerReferences":[]}}]}"#,
    ]

    @Test("No object, however damaged, ends in anything but an outcome")
    func objects() async throws {
        var mutator = ByteMutator(
            samples: Self.samples.map { Array($0.utf8) }, tokens: ["null", "[]", "{}", "\"\"", "-1", "1e9", "true"],
            seed: 7)
        let scene = Scene()
        var reconciled = 0
        for _ in 0..<4000 {
            let bytes = mutator.next()
            _ = try? await ManifestDecoder(limit: 1 << 16).objects(bytes, mediaType: "", source: "damaged")
            guard let json = try? JSON(parsing: bytes, source: "damaged"), json.object != nil else { continue }
            let object = KubernetesObject(unchecked: json)
            guard object.problem == nil, DeliveryKind(object) != nil else { continue }
            reconciled += 1
            let pass = try await scene.pass(object)
            if let ready = pass.ready { #expect(!ready.reason.isEmpty) }
            await scene.cluster.remove(pass.object)
        }
        #expect(reconciled >= 200)
    }
}
