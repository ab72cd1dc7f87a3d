// Loaded by the network explorer alone: the interactive picture in the place of the one that the service drew.
import "../network/network.css";
import { Explorer } from "../network/explorer";

const root = document.getElementById("explorer");
if (root?.querySelector("#nw-canvas")) void new Explorer(root).begin();
