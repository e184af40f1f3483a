// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("What the configuration decides") struct ConfigurationTests {
    /// The leaf in one archive, the product in another, and a configuration.
    private func split(_ configuration: String) async throws -> Workshop {
        let workshop = try Workshop()
        let parts = Workshop.constructor(version: "1.0.0").components(
            separatedBy: "  - name: example.org/app/product\n")
        try workshop.write("leaf.yaml", parts[0])
        try workshop.write("product.yaml", "components:\n  - name: example.org/app/product\n" + parts[1])
        try await workshop.done("add", "cv", "--create", "--file", "leaves", "leaf.yaml")
        try workshop.write(
            ".ocmconfig", "type: generic.config.ocm.software/v1\nconfigurations:\n" + configuration)
        return workshop
    }

    @Test(
        "a resolver finds what references name",
        arguments: [
            """
              - type: resolvers.config.ocm.software/v1alpha1
                resolvers:
                  - {repository: {type: CommonTransportFormat, filePath: ./leaves}, componentNamePattern: "example.org/*/leaf"}
            """,
            """
              - type: ocm.config.ocm.software
                resolvers:
                  - {repository: {type: CommonTransportFormat, filePath: ./absent}, prefix: example.com}
                  - {repository: {type: CommonTransportFormat, filePath: ./leaves}, prefix: example.org/app, priority: 100}
            """,
        ])
    func resolvers(configuration: String) async throws {
        let workshop = try await split(configuration)
        try await workshop.done("add", "cv", "--create", "--file", "products", "product.yaml")
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "products//\(Workshop.product)")
        let verdict = try await workshop.verify("products")
        #expect(verdict.status == 0, "\(verdict.errors)")
        let carried = try await workshop.transfer("products", "whole")
        #expect(carried.status == 0, "\(carried.errors)")
        try FileSystem.removeFile("\(workshop.path)/.ocmconfig")
        #expect(try await workshop.verify("whole").status == 0)
        #expect(try await workshop.verify("products").status == 1)
    }

    @Test(
        "a resolver does not find what its rule excludes",
        arguments: ["componentNamePattern: \"example.org/*\"", "versionConstraint: \">=2\""])
    func excluded(rule: String) async throws {
        let workshop = try await split(
            """
              - type: resolvers.config.ocm.software/v1alpha1
                resolvers:
                  - {repository: {type: CommonTransportFormat, filePath: ./leaves}, \(rule)}

            """)
        try await workshop.done("add", "cv", "--create", "--file", "products", "product.yaml")
        let refused = try await workshop.ocm(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "products//\(Workshop.product)")
        #expect(refused.status == 1 && refused.errors.contains("example.org/app/leaf:1.0.0"), "\(refused.errors)")
    }

    @Test("transfers and signatures have their defaults") func defaults() async throws {
        let workshop = try Workshop()
        try workshop.write(
            ".ocmconfig",
            """
            type: generic.config.ocm.software/v1
            configurations:
              - {type: transfer.config.ocm.software/v1alpha1, recursive: -1, copyMode: allResources}
              - type: signing.config.ocm.software/v1alpha1
                signer: {type: RSASigningConfiguration/v1alpha1, signatureAlgorithm: RSASSA-PKCS1-V1_5, signatureEncodingPolicy: PEM}

            """)
        try await workshop.build()
        let view = try await workshop.done("describe", "cv", "archive//\(Workshop.product)", "-o", "json")
        #expect(view.contains("RSASSA-PKCS1-V1_5") && view.contains("application/x-pem-file"), "\(view)")
        try await workshop.done("transfer", "cv", "archive//\(Workshop.product)", "copy")
        #expect(try await workshop.done("get", "cv", "copy").contains("example.org/app/leaf"))
    }

    @Test(
        "a configuration that is wrong names its file",
        arguments: [
            "{type: transfer.config.ocm.software/v1alpha1, copyMode: some}",
            "{type: transfer.config.ocm.software/v1alpha1, recursive: 3}",
            "{type: resolvers.config.ocm.software/v1alpha1, resolvers: [{componentNamePattern: x}]}",
            "{type: credentials.config.ocm.software, consumers: [{credentials: []}]}", "{kind: none}",
        ])
    func wrong(entry: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        try workshop.write(
            ".ocmconfig", "type: generic.config.ocm.software/v1\nconfigurations:\n  - \(entry)\n")
        let result = try await workshop.ocm("transfer", "cv", "archive//\(Workshop.product)", "copy")
        #expect(
            result.status == 1 && result.errors.contains(".ocmconfig") && result.errors.contains("fix: "),
            "\(result.errors)")
    }
}

extension String {
    fileprivate func components(separatedBy mark: String) -> [String] {
        guard let range = firstRange(of: mark) else { return [self] }
        return [String(self[..<range.lowerBound]), String(self[range.upperBound...])]
    }
}
