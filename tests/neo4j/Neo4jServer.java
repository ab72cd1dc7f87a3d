import java.nio.file.Path;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/**
 * A Neo4j Community server for the tests, on the loopback address only.
 *
 * Arguments: folder of the databases (with settings in neo4j.conf), Bolt port, "open" or "password" (whether clients
 * must sign in).
 * Prints "ready" once clients can connect; ends when its standard input ends, so that it never outlives the tests.
 */
final class Neo4jServer {
    private Neo4jServer() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments[0]);
        var address = new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1]));
        var server = new DatabaseManagementServiceBuilder(folder)
                .loadPropertiesFromFile(folder.resolve("neo4j.conf"))
                .setConfig(GraphDatabaseSettings.auth_enabled, "password".equals(arguments[2]))
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(192))
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, address)
                .setConfig(BoltConnector.advertised_address, address)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // the parent says nothing; the end of its pipe is what we wait for
        }
        System.exit(0);
    }
}
