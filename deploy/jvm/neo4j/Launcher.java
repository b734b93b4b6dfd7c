import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Result;

/** Neo4j with Bolt on the loopback interface: Launcher CONFIGURATION PASSWORD_FILE HOME. */
public class Launcher {
    public static void main(String[] arguments) {
        try {
            start(arguments);
        } catch (Throwable error) {
            error.printStackTrace();
            System.exit(1);  // threads of a half-started server would keep the process alive
        }
    }

    private static void start(String[] arguments) throws Exception {
        String password = Files.readString(Path.of(arguments[1]));
        DatabaseManagementService service = new DatabaseManagementServiceBuilder(Path.of(arguments[2]))
                .loadPropertiesFromFile(Path.of(arguments[0]))
                .setConfig(BoltConnector.enabled, true)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
        // At the first start. Until then the built-in password opens nothing but its own change.
        GraphDatabaseService system = service.database(GraphDatabaseSettings.SYSTEM_DATABASE_NAME);
        boolean initial = system.executeTransactionally(
                "SHOW USERS YIELD user, passwordChangeRequired WHERE user = 'neo4j' AND passwordChangeRequired",
                Map.of(),
                Result::hasNext);
        if (initial) {
            system.executeTransactionally(
                    "ALTER USER neo4j SET PLAINTEXT PASSWORD $password CHANGE NOT REQUIRED",
                    Map.of("password", password));
        }
        System.out.println("ready");
    }
}
